// The addresses that a link may lead to: of the web, of mail, of a telephone, of this site, of a place in the text.

const ADDRESS = /^(https?:\/\/[^\s/\\]+|mailto:[^\s@]+@|tel:|image:|\/(?![/\\])|#)\S*$/i;
const MAIL = /^[^\s/@:]+@[^\s/@:]+$/, HOST = /^[^\s/\\@:?#]+\.[^\s/\\@:?#.]+(:\d+)?([/?#]\S*)?$/;

export const isAddress = (text) => ADDRESS.test(text);

/** Returns the address that somebody means, "" for none, or null for what is no address. */
export function completeAddress(text) {
  if (!text || isAddress(text)) return text;
  if (MAIL.test(text)) return `mailto:${text}`;
  return HOST.test(text) ? `https://${text}` : null;
}
