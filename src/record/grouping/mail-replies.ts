/** Replies of mail servers: a status and, behind it, the enhanced code of RFC 3463, as in `550 5.1.1` or `535-5.7.8`. */

const REPLY = /[245]\d\d[ -][245]\.\d{1,3}\.\d{1,3}(?![\w.-]*[\w-])/y;
const STATUS_LENGTH = 3;
/** The shortest enhanced code, and the longest one with its status. */
const MIN_LENGTH = 5;
const MAX_LENGTH = 13;

/** Whether a token is a part of such a reply, or all of it. */
export function isMailReply(line: string, start: number, end: number): boolean {
  const length = end - start;
  if (length === STATUS_LENGTH) return line.charCodeAt(end + 2) === 46 && findEnd(line, start) > end;
  if (length < MIN_LENGTH || length > MAX_LENGTH) return false;
  if (line.charCodeAt(start + STATUS_LENGTH) === 45) return findEnd(line, start) === end;
  const status = start - STATUS_LENGTH - 1;
  return line.charCodeAt(start + 1) === 46 && !isDigit(line.charCodeAt(status - 1)) && findEnd(line, status) === end;
}

/** Whether the digits that end here may be the status of such a reply, perhaps with more blanks in it. */
export function mayBeMailStatus(text: string, end: number): boolean {
  let i = end + 1;
  if (text.charCodeAt(end) === 32) while (text.charCodeAt(i) === 32) i++;
  else if (text.charCodeAt(end) !== 45) return false;
  return isDigit(text.charCodeAt(i)) && text.charCodeAt(i + 1) === 46;
}

function findEnd(line: string, start: number): number {
  REPLY.lastIndex = start;
  return start >= 0 && REPLY.test(line) ? REPLY.lastIndex : -1;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
