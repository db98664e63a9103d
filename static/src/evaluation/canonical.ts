/** One spelling of a JSON value (RFC 8785) and its hash. Sets, facts and sheets hold no JSON numbers, so none is spelt here. */
export type Json = string | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export function canonical(value: Json): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`not for a hash: ${typeof value}`);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Json)}`);
  return `{${members.join(',')}}`;
}

/** SHA-256 of the canonical spelling, in hex. */
export async function digest(value: Json): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(canonical(value)));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
