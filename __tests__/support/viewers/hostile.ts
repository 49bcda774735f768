/** Lists texts and names that attack pages and terminals, and checks what is shown of them. */

/** A text that harms a viewer which shows it unchanged. */
export interface HostileText {
  /** The kind of attack. */
  readonly title: string;
  readonly text: string;
}

const ESC = '\u001b';
const ESCAPE = /^\\(?:n|r|t|x[\da-f]{2}|u[\da-f]{4})/;

/**
 * Characters that show nothing, or that a terminal obeys: all but letters, signs, the blanks between them, and marks and
 * joiners after them. Line feeds and tabs are left to the viewer.
 */
export const HIDING =
  /[^\p{L}\p{N}\p{P}\p{S}\p{M}\p{Co}\p{Cn}\p{Zs}\t\n\u200c\u200d]|[\u034f\u17b4\u17b5\u180b-\u180f\u115f\u1160\u3164\uffa0\u2800]|[\p{ASCII}\u0080-\u02ff][\u200c\u200d]|[\u200c\u200d]{2}/u;

/** Undoes the escapes of a shown text. The original decides whether one was made, since a text may look like an escape. */
export function readBack(text: string, shown: string): string {
  let at = 0;
  const read = text.split('').map((unit) => {
    const [escape] = shown.startsWith(unit, at) ? [] : (ESCAPE.exec(shown.slice(at, at + 6)) ?? ['']);
    at += (escape ?? unit).length;
    return escape === undefined ? unit : JSON.parse(`"${escape.replace('\\x', '\\u00')}"`);
  });
  return read.join('') + shown.slice(at);
}

const EITHER: readonly HostileText[] = [
  { title: 'a script', text: '<script>window.hacked=1</script>' },
  { title: 'an image with a handler', text: '"><img src=x onerror=window.hacked=1>' },
  { title: 'the end of an attribute in single quotes', text: "' onmouseover='window.hacked=1" },
  { title: 'a JavaScript link', text: 'javascript:window.hacked=1//' },
  { title: 'entities that are HTML already', text: '&lt;b&gt; &amp;amp; &#60;i&#62;' },
  { title: 'a template of JavaScript', text: '${window.hacked=1}{{hacked}}`' },
  { title: 'a replacement pattern', text: "$& $1 $` $' $$" },
  { title: 'colours of a terminal', text: `${ESC}[31mred${ESC}[0m` },
  { title: 'a cleared screen', text: `${ESC}[2J${ESC}[Hgone` },
  { title: 'a terminal that is reset', text: `${ESC}cgone` },
  { title: 'a window title in OSC', text: `${ESC}]0;hacked\u0007` },
  { title: 'a link in OSC 8', text: `${ESC}]8;;http://evil.example${ESC}\\click${ESC}]8;;${ESC}\\` },
  { title: 'a clipboard in OSC 52', text: `${ESC}]52;c;aGFja2Vk\u0007` },
  { title: 'the control sequence introducer of C1', text: '\u009b2J\u009d0;hacked\u009c' },
  { title: 'a carriage return', text: 'honest\rforged' },
  { title: 'a line of its own', text: 'honest\nforged' },
  { title: 'both line ends', text: 'honest\r\nforged' },
  { title: 'backspaces', text: 'secret\b\b\b\b\b\bforged' },
  { title: 'bell, tabs and feeds', text: 'a\u0007b\tc\u000bd\fe' },
  { title: 'NUL', text: 'before\0after' },
  { title: 'DEL and C1', text: 'a\u007fb\u0080c\u0085d\u009fe' },
  { title: 'a bidi override', text: 'user\u202e gpj.exe\u202c' },
  { title: 'bidi isolates', text: '\u2066a\u2067b\u2068c\u2069' },
  { title: 'bidi embeddings and marks', text: '\u202aa\u202bb\u202cc\u202dd\u200ee\u200ff\u061cg' },
  { title: 'line and paragraph separators', text: 'one\u2028two\u2029three' },
  { title: 'wide characters', text: '支払い 결제 ＷＩＤＥ 🚨👩‍👩‍👧🇩🇪❤️' },
  { title: 'combining characters', text: 'Z\u0351\u036b\u0343\u036a\u0302\u0356\u0359a\u0301l\u0327go' },
  { title: 'invisible characters', text: 'zero\u200bwidth\u200d\ufeff\u00ad' },
  { title: 'joiners between letters', text: 'adm\u200din adm\u200cin \u200d\u200d' },
  { title: 'blanks that are letters and signs', text: '\u3164\u115f\u1160\uffa0\u2800\u2800' },
  { title: 'marks that show nothing', text: 'a\ufe0fb\u034fc\u180b' },
  { title: 'tabs alone', text: '\t\t' },
  { title: 'the prototype of objects', text: '__proto__' },
  { title: 'the constructor of objects', text: 'constructor' },
  { title: 'a method of objects', text: 'toString' },
  { title: 'what looks like JSON', text: '","status":"new"}]' },
  { title: 'what looks like an option', text: '--insecure' },
  { title: 'spaces alone', text: '   ' },
];

/** Messages. UTF-8 has no lone surrogates, so Redis keeps replacement characters. The longest has a million characters. */
export const HOSTILE_TEXTS: readonly HostileText[] = [
  ...EITHER,
  {
    title: 'the end of a text area and a comment',
    text: '</textarea></title></style>--><!--<svg/onload=window.hacked=1>',
  },
  {
    title: 'a text in tags, which show nothing',
    text: `ok${String.fromCodePoint(0xe0001, 0xe0068, 0xe0069, 0xe007f)}`,
  },
  { title: 'a formula of a spreadsheet', text: '=HYPERLINK("http://evil.example";"click")' },
  { title: 'lone surrogates', text: 'high \ud83d low \udca9 end' },
  { title: 'every control character', text: String.fromCharCode(...range(0, 32), ...range(127, 160)) },
  { title: 'a mark on a mark, a thousand times', text: `a${'\u0301'.repeat(1000)}b` },
  { title: 'what looks like the line of another', text: 'x\nTue Nov 24 12:00:00 2026 forged' },
  { title: 'a line of a megabyte', text: `${'<b>\u001b[31m'.repeat(125_000)}` },
];

/** Names that the transport accepts: 1 to 128 bytes, without lone surrogates. */
export const HOSTILE_NAMES: readonly HostileText[] = [
  ...EITHER,
  { title: 'colons, as keys have them', text: 'recent:app:info:seq' },
  { title: 'a path', text: '../../etc/passwd' },
  { title: 'a query', text: 'app?name=other&severity=error#hacked' },
  { title: 'percent signs', text: '%3Cscript%3E %s %n %' },
  { title: 'a plus and a space', text: 'a+b c' },
  { title: 'a password in a URL', text: 'redis://user:secret@host' },
  { title: 'as long as it may be', text: '長'.repeat(42) },
];

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}
