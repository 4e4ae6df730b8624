import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/client.js';
import type { MachineIssue } from '../api/types.js';
import { useLiveQuery } from '../live/use-live-query.js';

export const SEVERITIES = ['critical', 'major', 'minor'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is wrong in the fleet. */
export interface Issues {
  /** IDs of issues by machine. */
  readonly byMachine: ReadonlyMap<string, readonly string[]>;
  /** All issues that the server can detect. */
  readonly catalog: ReadonlyMap<string, MachineIssue>;
  /** The most severe issue of a machine. */
  readonly severityOf: (machine: string) => Severity | undefined;
}

/** Issues also begin by the passage of time, so they are asked for at least every 20 seconds. */
export function useIssues(): Issues {
  const { data: catalog } = useQuery({
    queryKey: ['issues', 'catalog'],
    queryFn: ({ signal }) => api('get', '/v1/machine/issues', { signal }),
    staleTime: Infinity,
  });
  const { data: found } = useLiveQuery({
    queryKey: ['issues', 'found'],
    queryFn: ({ signal }) =>
      api('post', '/v1/machine/issues/evaluate', {
        body: { only: [], omit: [], severity: 'minor', last_error_threshold: 0 },
        signal,
      }),
    kinds: ['machine'],
    atMostEvery: 3000,
    atLeastEvery: 20_000,
  });
  return useMemo(() => {
    const byId = new Map((catalog ?? []).map((issue) => [issue.id, issue]));
    const byMachine = new Map((found ?? []).map(({ machineid, issues }) => [machineid, issues]));
    const severityOf = (machine: string): Severity | undefined => {
      const severities = new Set(byMachine.get(machine)?.map((id) => byId.get(id)?.severity));
      return SEVERITIES.find((severity) => severities.has(severity));
    };
    return { byMachine, catalog: byId, severityOf };
  }, [catalog, found]);
}
