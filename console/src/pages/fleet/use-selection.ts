import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../api/client.js';
import type { Machine } from '../../api/types.js';
import { useAll } from '../../live/use-live.js';
import type { Issues } from '../../machines/issues.js';
import { stateOf } from '../../machines/life-cycle.js';
import { matcher } from '../../machines/search.js';
import type { FleetSearch } from './fleet-search.js';

export interface Selection {
  readonly machines: readonly Machine[];
  /** Machines that the page shows. */
  readonly shown: readonly Machine[];
  /** IDs of the machines that search and filters select; undefined = all that are shown. */
  readonly selected: ReadonlySet<string> | undefined;
  /** The server is still asked for what the page does not know, such as serial numbers of free machines. */
  readonly isSearching: boolean;
}

/** The machines that the search box and the filters select. */
export function useSelection({ q = '', partition, state }: FleetSearch, issues: Issues): Selection {
  const machines = useAll('machine');
  const projects = useAll('project');
  const shown = useMemo(
    () => (partition === undefined ? machines : machines.filter((one) => one.partition?.id === partition)),
    [machines, partition],
  );
  const found = useMemo(() => (q === '' ? shown : shown.filter(matcher(q, projects))), [shown, q, projects]);
  const remote = useRemoteSearch(q, q !== '' && found.length === 0);
  const selected = useMemo(() => {
    if (q === '' && state === undefined) return undefined;
    const ids = remote.ids;
    const byText = found.length === 0 && ids ? shown.filter(({ id }) => ids.has(id)) : found;
    return new Set(byText.filter(inState(state, issues)).map(({ id }) => id));
  }, [q, state, found, remote.ids, shown, issues]);
  return { machines, shown, selected, isSearching: remote.isSearching };
}

/** `issues`, `issue:<id>` or a life-cycle state. */
function inState(state: string | undefined, issues: Issues): (machine: Machine) => boolean {
  if (state === undefined) return () => true;
  if (state === 'issues') return ({ id }) => issues.byMachine.has(id);
  if (state.startsWith('issue:')) return ({ id }) => issues.byMachine.get(id)?.includes(state.slice(6)) ?? false;
  return (machine) => stateOf(machine).id === state;
}

/** Shorter texts cannot be serial numbers. */
const MIN_SERIAL = 3;

/** Asks the server for machines whose BMC has this serial number or MAC address: the watch does not send BMC data. */
function useRemoteSearch(q: string, isNeeded: boolean): { ids: ReadonlySet<string> | undefined; isSearching: boolean } {
  const [text] = useDebouncedValue(q.trim(), 300);
  const enabled = isNeeded && text.length >= MIN_SERIAL && text === q.trim();
  const { data, isFetching } = useQuery({
    queryKey: ['machine', 'serial', text],
    enabled,
    queryFn: async ({ signal }) => {
      const fields = [
        ...(['fru_product_serial', 'fru_chassis_part_serial', 'fru_board_mfg_serial'] as const),
        ...(['ipmi_mac_address', 'ipmi_address'] as const),
      ];
      const values = (field: string): string => (field === 'ipmi_mac_address' ? text.toLowerCase() : text);
      const answers = await Promise.all(
        fields.map((field) => api('post', '/v1/machine/find', { body: { [field]: values(field) }, signal })),
      );
      return new Set(answers.flat().map(({ id }) => id));
    },
  });
  return { ids: enabled ? data : undefined, isSearching: enabled && isFetching };
}
