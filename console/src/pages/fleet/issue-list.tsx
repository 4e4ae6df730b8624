import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { Panel } from '../../components/panel.js';
import type { Issues } from '../../machines/issues.js';
import { SEVERITIES } from '../../machines/issues.js';

interface Props {
  readonly issues: Issues;
  readonly active: string | undefined;
  readonly onChange: (state: string | undefined) => void;
}

/** Issues by severity, each with the number of its machines; a click shows these. */
export function IssueList({ issues, active, onChange }: Props) {
  const groups = useMemo(() => {
    const counts = new Map<string, number>();
    for (const ids of issues.byMachine.values()) for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
    return SEVERITIES.map((severity) => ({
      severity,
      found: [...counts].filter(([id]) => issues.catalog.get(id)?.severity === severity).sort(([, a], [, b]) => b - a),
    }));
  }, [issues]);
  return (
    <Panel title="Issues">
      {issues.byMachine.size === 0 && (
        <Text size="sm" c="dimmed">
          No machine has an issue.
        </Text>
      )}
      <div className="issue-groups">
        {groups
          .filter(({ found }) => found.length > 0)
          .map(({ severity, found }) => (
            <div key={severity} role="group" aria-label={`${severity} issues`}>
              <h3 className={`severity severity-${severity}`}>{severity}</h3>
              {found.map(([id, count]) => {
                const state = `issue:${id}`;
                return (
                  <button
                    key={id}
                    type="button"
                    className="issue-row"
                    aria-pressed={active === state}
                    title={issues.catalog.get(id)?.description}
                    onClick={() => onChange(active === state ? undefined : state)}
                  >
                    <span>{id}</span>
                    <strong>{count}</strong>
                  </button>
                );
              })}
            </div>
          ))}
      </div>
    </Panel>
  );
}
