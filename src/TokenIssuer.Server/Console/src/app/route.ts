/** The pages, addressed by the fragment: paths under /admin/ belong to the API. */
export type Route =
  | { readonly page: 'overview' }
  | { readonly page: 'users' }
  | { readonly page: 'user'; readonly id: string }
  | { readonly page: 'revocations' }
  | { readonly page: 'audit'; readonly user: string }
  | { readonly page: 'keys' }
  | { readonly page: 'emergency' };

export function routeOf(fragment: string): Route {
  const [path = '', query = ''] = fragment.replace(/^#\/?/, '').split('?');
  const [page, id] = path.split('/');
  switch (page) {
    case 'users':
      return id ? { page: 'user', id: decoded(id) } : { page: 'users' };
    case 'audit':
      return { page: 'audit', user: new URLSearchParams(query).get('user') ?? '' };
    case 'revocations':
    case 'keys':
    case 'emergency':
      return { page };
    default:
      return { page: 'overview' };
  }
}

/** An address that somebody mistyped still leads somewhere. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const addressOfUser = (id: string) => `#/users/${encodeURIComponent(id)}`;

export const addressOfAudit = (user: string) => `#/audit?user=${encodeURIComponent(user)}`;
