/** How much tests do that find more the longer they run: a share in `npm test`, all in `npm run test:faults`. */

declare global {
  /** Set by `npm run test:faults`. */
  var isThorough: boolean | undefined;
}

/** A number of cases, lines or processes, or the cases themselves. */
export function effort<T = number>({ quick, full }: { readonly quick: T; readonly full: T }): T {
  return globalThis.isThorough ? full : quick;
}
