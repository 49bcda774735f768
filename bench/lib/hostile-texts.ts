/** Pieces of text that slow down careless expressions if they are repeated. */

const SINGLE = Array.from(' \n\t/\\.:=@-~"[a7é订😀\u001b\ud800');
const LONGER =
  '\u001b[31m \u001b]0;x \'"` "a": ([{< <a <number> a=b{ a=b( k=<a>( 1. http:// a:// a. a.b/ 2024- f: 0x aB <path>['.split(
    ' ',
  );
const WITH_BLANKS =
  '"a" |1, |1,|1 |1:11 |404 |GET a |status |Jan 1 |for user |<1 sec |msg="a" |a:\n|{\n|<text> |1 as '.split('|');

/** Of each, a text of a length is made by repeating it. */
export const HOSTILE_PIECES: readonly string[] = [...SINGLE, ...LONGER, ...WITH_BLANKS];

/** A text of so many characters. */
export function repeatTo(length: number, piece: string): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}
