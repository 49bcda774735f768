/** Names what a line may hold, so that only the expressions that could match are tried. */

/** What a line may hold, as bits. */
export const HAS = {
  digit: 1,
  /** A `://`. */
  url: 2,
  /** Two quotes of a kind. */
  quotes: 4,
  /** One or two digits, a colon, two digits. */
  clock: 8,
  /** Four digits and another beside a `-`, `/` or `.`, or the name of a month or a day. */
  date: 16,
  /** A unit of a size or of time after a digit, or after a digit and a blank. */
  unit: 32,
  /** A mark as in a host, a path, an address, or a key with its value. */
  mark: 128,
  nonAscii: 256,
  /** An escape, a line break, or two blanks in a row. */
  control: 512,
  /** The same mark of punctuation twice. */
  repeat: 1024,
  /** A word that may be random: its case changes six times, or it is of seven or more letters from a to f. */
  random: 2048,
  /** No value: nothing in brackets or before one, or `null` and the like after a colon. */
  absent: 4096,
  /** A word after which the name of a user or a host may stand. */
  name: 8192,
  /** A `<`, which may begin a placeholder. */
  placeholder: 16_384,
  equals: 32_768,
  /** A bracket, a colon, a digit, as after an IPv6 address. */
  bracket: 65_536,
  /** A slash that ends a word or stands before a bracket or brace, as in a route; or a dot and a brace. */
  route: 131_072,
  /** `HTTP`, or the name of a method. */
  http: 262_144,
  /** A plus before a digit. */
  plus: 524_288,
  /** What may be a bar of progress: a square bracket before what lines are drawn with, or before a `>`. */
  bar: 1_048_576,
  /** Two stars as in the schedule of cron. */
  cron: 2_097_152,
  /** The word `null` or another one for no value, after a blank or a bracket. */
  nothing: 4_194_304,
} as const;
