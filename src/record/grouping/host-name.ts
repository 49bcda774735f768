/** Tells the name of a host from those of files, packages and properties, which have dots too. */

/** Domains that no file name, package or property ends with, or hardly any. */
const DOMAINS = new Set(
  'com net org edu gov mil dev app cloud local localdomain internal lan arpa localhost'.split(' '),
);
/** Domains that one of three parts or more may end with. */
const SHORT_DOMAINS = new Set(
  `int info biz io ai co me tv xyz online site tech at au be br ca ch cl cn cz de dk es eu fi fr gr hk hu ie il in ir it jp kr kz
  mx nl no nz om pl pt ro ru se sg th tr tw ua uk us vn za`.split(/\s+/),
);
/** Ends of the names of files, after which a colon and a number are a line. */
const SOURCE =
  /^(?:[cm]?[jt]sx?|py|go|java|rb|rs|cc?|cpp|hp{0,2}|cs|php|kt|swift|scala|vue|html?|json|ya?ml|sql|sh|lua|exs?)$/i;

const LABELS = /^(?:\*\.)?(?:[\w-]{1,63}\.){1,12}$/;
const PORT = /^\d{1,5}$/;
const TOP = /^[a-z][a-z-]{1,23}$/i;

/** Whether a text is the name of a host, by its top-level domain or its port. */
export function isHostName(text: string): boolean {
  if (text.length > 253) return false;
  const colon = text.lastIndexOf(':');
  const port = colon < 0 ? '' : text.slice(colon + 1);
  if (colon >= 0 && !PORT.test(port)) return false;
  const name = colon < 0 ? text : text.slice(0, colon);
  if (port !== '' && name === 'localhost') return true;
  const dot = name.lastIndexOf('.') + 1;
  const top = name.slice(dot);
  const isKnown = DOMAINS.has(top) || (SHORT_DOMAINS.has(top) && name.indexOf('.') < dot - 1);
  const isWithPort = port.length > 1 && TOP.test(top) && !SOURCE.test(top);
  return dot > 0 && (isKnown || isWithPort) && LABELS.test(name.slice(0, dot));
}
