import { ActionIcon, Code, CopyButton, Group, Tabs, Text } from '@mantine/core';
import { basePath } from '../../api/base-path.js';
import { CopyIcon } from '../../components/copy-icon.js';
import { Panel } from '../../components/panel.js';
import { curlLine, metalctlLine } from './request.js';
import type { Form } from './request.js';

/** The request for a terminal or a script. */
export const RequestLines = ({ form }: { readonly form: Form }) => (
  <Panel title="As a command">
    <Tabs defaultValue="metalctl">
      <Tabs.List>
        <Tabs.Tab value="metalctl">metalctl</Tabs.Tab>
        <Tabs.Tab value="curl">curl</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="metalctl">
        <Line text={metalctlLine(form)} />
        {form.sshKeys.trim() === '' && (
          <Text size="xs" c="dimmed" mt={4}>
            Without an SSH key here, metalctl sends the one in ~/.ssh, and fails if there is none.
          </Text>
        )}
      </Tabs.Panel>
      <Tabs.Panel value="curl">
        <Line text={curlLine(form, `${location.origin}${basePath}`)} />
        <Text size="xs" c="dimmed" mt={4}>
          TOKEN has to hold an API token.
        </Text>
      </Tabs.Panel>
    </Tabs>
  </Panel>
);

const Line = ({ text }: { readonly text: string }) => (
  <Group align="flex-start" gap="xs" wrap="nowrap" mt="xs">
    <Code block className="line" tabIndex={0}>
      {text}
    </Code>
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <ActionIcon variant="default" onClick={copy} aria-label="Copy the command">
          <CopyIcon copied={copied} />
        </ActionIcon>
      )}
    </CopyButton>
  </Group>
);
