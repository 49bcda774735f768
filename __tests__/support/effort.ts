/** How much tests do that find more the longer they run: a share in `npm run test:all`, all in `npm run test:long`. */

declare global {
  /** Set by `npm run test:long`. */
  var isThorough: boolean | undefined;
}

/** A number of cases, lines or processes, or the cases themselves. */
export function effort<T = number>({ quick, full }: { readonly quick: T; readonly full: T }): T {
  return globalThis.isThorough ? full : quick;
}
