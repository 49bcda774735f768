/** Tells the name of a host from those of files, packages and properties, which have dots too. */

/** Domains that no file name, package or property ends with, or hardly any. */
const DOMAINS = new Set(
  'com net org edu gov mil dev app cloud local localdomain internal lan arpa localhost'.split(' '),
);
/** The longest of these. */
const MAX_DOMAIN = 'localdomain'.length;
/** Domains that one of three parts or more may end with. */
const SHORT_DOMAINS = new Set(
  `int info biz io ai co me tv xyz online site tech at au be br ca ch cl cn cz de dk es eu fi fr gr hk hu ie il in ir it jp kr kz
  mx nl no nz om pl pt ro ru se sg th tr tw ua uk us vn za`.split(/\s+/),
);
/** Ends of the names of files, after which a colon and a number are a line. */
const SOURCE =
  '[cm]?[jt]sx?|py|go|java|rb|rs|cc?|cpp|hp{0,2}|cs|php|kt|swift|scala|vue|html?|json|ya?ml|sql|sh|lua|exs?';
const SOURCE_DOMAIN = new RegExp(`^(?:${SOURCE})$`, 'i');
const SOURCE_POSITION = new RegExp(String.raw`^[\w.-]{1,64}\.(?:${SOURCE}):\d+(?::\d+)?$`, 'i');

const LABELS = /^(?:\*\.)?(?:[\w-]{1,63}\.){1,12}$/;
const PORT = /^\d{1,5}$/;
const TOP = /^[a-z][a-z-]{1,23}$/i;

/** Whether a text is the name of a host, by its top-level domain or its port. */
export function isHostName(text: string): boolean {
  if (text.length > 253) return false;
  const colon = text.lastIndexOf(':');
  const end = colon < 0 ? text.length : colon;
  const dot = text.lastIndexOf('.', end - 1) + 1;
  if (dot === 0) return end === 9 && text.startsWith('localhost:') && PORT.test(text.slice(end + 1));
  if (colon >= 0 && !PORT.test(text.slice(colon + 1))) return false;
  const isWithPort = text.length - end > 2;
  if (end - dot > MAX_DOMAIN && !isWithPort) return false;
  const top = text.slice(dot, end);
  const isKnown = DOMAINS.has(top) || text.includes('xn--') || (SHORT_DOMAINS.has(top) && text.indexOf('.') < dot - 1);
  return (isKnown || (isWithPort && TOP.test(top) && !SOURCE_DOMAIN.test(top))) && LABELS.test(text.slice(0, dot));
}

/** Whether a text is a line in a file, perhaps with its column, but without a folder. */
export function isSourcePosition(text: string): boolean {
  return SOURCE_POSITION.test(text);
}
