/** Decides how much the tests do whose worth grows with their size: a share in `npm test`, all in `npm run test:faults`. */

declare global {
  /** Set by `npm run test:faults`. */
  var isThorough: boolean | undefined;
}

/** A number of cases, lines or processes. */
export function effort({ quick, full }: { readonly quick: number; readonly full: number }): number {
  return globalThis.isThorough ? full : quick;
}
