/** The value below which such a share of the numbers lies; 0.5 gives the median. */
export function quantileOf(numbers: readonly number[], quantile: number): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(quantile * numbers.length)] as number;
}
