import { Alert, List, Text } from '@mantine/core';
import { call } from '../../api/client.js';
import type { IssueExplanation } from '../../api/types.js';
import { useLiveQuery } from '../../live/use-live-query.js';

/** What is wrong with the machine and what to do about it; nothing for a healthy one. */
export function IssuePanel({ id }: { readonly id: string }) {
  const { data } = useLiveQuery({
    queryKey: ['machine', id, 'issues'],
    queryFn: ({ signal }) => call<IssueExplanation>('get', 'issues/explain', { query: { machine: id }, signal }),
    kinds: ['machine'],
    atMostEvery: 2000,
    atLeastEvery: 20_000,
  });
  if (!data || data.healthy) return null;
  const worst = data.issues[0]?.severity;
  return (
    <Alert
      mb="sm"
      color={worst === 'minor' ? 'yellow' : 'red'}
      title={data.issues.length === 1 ? 'One issue' : `${data.issues.length} issues`}
    >
      <List size="sm" spacing={4}>
        {data.issues.map(({ id: issue, severity, description, action }) => (
          <List.Item key={issue}>
            <strong>
              {issue} ({severity})
            </strong>
            : {description}.
            <Text size="sm" component="div">
              What to do: {action}
            </Text>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
