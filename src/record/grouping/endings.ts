/** Tells in a few steps whether a text ends with one of some words, which an expression would look for everywhere. */

/** What tells whether the first `end` characters of a text end with one of the words, whatever their case. */
export type EndsWith = (text: string, end: number) => boolean;

/** @param words - of small letters from a to z, separated by blanks */
export function endingWith(words: string): EndsWith {
  const byLastLetter: string[][] = [];
  for (const word of words.split(/\s+/)) (byLastLetter[word.charCodeAt(word.length - 1)] ??= []).push(word);
  return (text, end) => {
    const candidates = byLastLetter[toSmall(text.charCodeAt(end - 1))];
    if (candidates === undefined) return false;
    for (const word of candidates) if (endsWith(text, end, word)) return true;
    return false;
  };
}

function endsWith(text: string, end: number, word: string): boolean {
  const start = end - word.length;
  for (let i = word.length - 1; i >= 0; i--) {
    if (toSmall(text.charCodeAt(start + i)) !== word.charCodeAt(i)) return false;
  }
  return true;
}

/** The code of the small letter; of no other character is it that of a letter from a to z. */
function toSmall(code: number): number {
  return code | 32;
}
