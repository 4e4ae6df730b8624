import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** The heading of a page, with its actions at the right. */
export const PageHead = ({ title, children }: { readonly title: ReactNode; readonly children?: ReactNode }) => (
  <Group justify="space-between" mb="sm" gap="xs">
    <Title order={1} size="h3">
      {title}
    </Title>
    <Group gap="xs">{children}</Group>
  </Group>
);
