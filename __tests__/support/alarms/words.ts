/** Makes messages that differ in words, so that each is a message of its own however they are grouped. */

/** Letters of no hexadecimal number. */
const LETTERS = 'ghijklmnopqrstuvwxyz';
/** Letters of a word, enough for 3.2 million. */
const LENGTH = 5;
const WORD = new RegExp(`[${LETTERS}]{${LENGTH}}$`);

/** A word that stands for a number. */
function toWord(number: number): string {
  let word = '';
  for (let rest = number; word.length < LENGTH; rest = Math.floor(rest / LETTERS.length)) {
    word = `${LETTERS[rest % LETTERS.length]}${word}`;
  }
  return word;
}

/** A message that stands for a number, from 0 to 3,199,999. */
export function toMessage(number: number): string {
  return `failed to reach ${toWord(number)}`;
}

/** The number of a message; undefined for one that stands for none. */
export function toNumber(message: string): number | undefined {
  const word = WORD.exec(message)?.[0];
  if (word === undefined || message !== `failed to reach ${word}`) return undefined;
  return Array.from(word).reduce((number, letter) => number * LETTERS.length + LETTERS.indexOf(letter), 0);
}
