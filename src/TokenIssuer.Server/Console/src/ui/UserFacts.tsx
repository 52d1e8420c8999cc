import type { User } from '../api/model.js';

export function Roles({ roles }: { readonly roles: readonly string[] }) {
  if (roles.length === 0) return <span class="none">none</span>;
  return (
    <>
      {roles.map((role) => (
        <span key={role} class="tag">
          {role}
        </span>
      ))}
    </>
  );
}

export function Standing({ user }: { readonly user: User }) {
  return user.disabled ? <span class="tag bad">disabled</span> : <span class="tag good">active</span>;
}

/** "admin, auditor" as a list of names. */
export function rolesOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

/** In any case, as the issuer compares it: a directory may spell the role its own way. */
export function isAdministrator(roles: readonly string[]): boolean {
  return roles.some((role) => role.toLowerCase() === 'admin');
}
