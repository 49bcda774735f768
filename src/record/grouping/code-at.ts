/** Reads single characters of texts, as fast whatever V8 has made of a text. */

type CodeAt = (this: string, i: number) => number;

/** Taken apart where it is used: a constant of another module is looked up each time. */
export const CHARACTERS = {
  /**
   * `codeAt.call(text, i)` is the code of a character. V8 looks `text.charCodeAt` up by the kind of string that it has made of a text, and
   * there are more kinds than it remembers at one place in the code: loops over characters took twice their time then.
   */
  codeAt: Reflect.get(String.prototype, 'charCodeAt') as CodeAt,
} as const;
