import { Button, Menu, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { roleOf, useMe } from '../api/role.js';
import { signOut } from '../oidc/sign-in.js';

/** Who is signed in, the colour scheme, and signing out. */
export function AccountMenu() {
  const { data } = useMe();
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  const other = scheme === 'light' ? 'dark' : 'light';
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" className="account">
          {data ? data.Name || data.EMail || data.Subject : 'Account'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {data && (
          <Menu.Label>
            <Text size="xs">{data.EMail || data.Subject}</Text>
            <Text size="xs">role {roleOf(data) ?? 'none'}</Text>
          </Menu.Label>
        )}
        <Menu.Item onClick={() => setColorScheme(other)}>Use the {other} theme</Menu.Item>
        <Menu.Item onClick={() => setColorScheme('auto')}>Use the system’s theme</Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
