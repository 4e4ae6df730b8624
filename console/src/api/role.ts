import { useQuery } from '@tanstack/react-query';
import { api, ApiError } from './client.js';
import { includesRole, roleOf } from './groups.js';
import type { Role } from './groups.js';

export { includesRole, roleOf } from './groups.js';
export type { Role } from './groups.js';

/** The signed-in user. Asked for until the server can be reached: without their role, no action is shown. */
export const useMe = () =>
  useQuery({
    queryKey: ['me'],
    queryFn: () => api('get', '/v1/user/me'),
    staleTime: Infinity,
    retry: (_, error) => error instanceof ApiError && [0, 429, 503].includes(error.status),
  });

/** Whether the signed-in user has the role; controls that need a role they lack are left out. */
export function useMay(role: Role): boolean {
  const { data } = useMe();
  return data !== undefined && includesRole(roleOf(data), role);
}
