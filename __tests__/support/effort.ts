/** How much tests do that find more the longer they run: a share in `npm test`, all in `npm run test:faults`. */

declare global {
  /** Set by `npm run test:faults`. */
  var isThorough: boolean | undefined;
}

/** A number of cases, lines or processes. */
export function effort({ quick, full }: { readonly quick: number; readonly full: number }): number {
  return globalThis.isThorough ? full : quick;
}
