/**
 * Addresses as they may be recorded and published: without what opens something. Signed addresses carry tokens and
 * signatures under many names, so that no value of a query is kept.
 */
const addresses = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi;

/** `https://me:pw@host/x?sig=1` -> `https://***@host/x?sig=***`, in every address of a text. */
export function withoutSecrets(text: string): string {
  return text.replaceAll(addresses, (address) => {
    const [, place = '', query = '', fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(address) ?? [];
    return withoutUser(place) + withoutValues(query) + withoutValues(fragment);
  });
}

const withoutUser = (place: string): string => place.replace(/(:\/\/)[^/]+@/, '$1***@');

/** Of `?name=value&other`. A query without names may be a key as a whole; a plain fragment names a part of a page. */
function withoutValues(part: string): string {
  if (part.startsWith('#') && !part.includes('=')) return part;
  const fields = part.slice(1).split('&');
  const hidden = fields.map((field) =>
    field === '' ? '' : field.includes('=') ? field.replace(/=.*$/s, '=***') : '***',
  );
  return part.slice(0, 1) + hidden.join('&');
}
