/** The elements that the page is made of, and so are refreshes, as JSON. */

/** A text, or an element with its attributes and children. */
export type Markup = string | MarkupElement;
export type MarkupElement = readonly [tag: string, attributes: Attributes, ...children: Markup[]];
/** Attributes that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | true | undefined>>;
/** The elements of the page that change, by their id. */
export type Parts = Readonly<Record<string, MarkupElement>>;
