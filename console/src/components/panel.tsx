import { Group, Paper, Title } from '@mantine/core';
import { useId } from 'react';
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  /** At the right of the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A part of a page with a title. */
export function Panel({ title, aside, children, className = '' }: Props) {
  const id = useId();
  return (
    <Paper withBorder p="sm" component="section" aria-labelledby={id} className={`panel ${className}`}>
      <Group justify="space-between" mb="xs" wrap="nowrap" mih={28}>
        <Title order={2} size="h5" id={id}>
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </Paper>
  );
}
