import { AppShell, Burger, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { includesRole, roleOf, useMe } from '../api/role.js';
import { AccountMenu } from './account-menu.js';
import { Freshness } from './freshness.js';
import { NAVIGATION } from './navigation.js';
import { SearchBox } from './search-box.js';

/** Header, menu and the current page. */
export function Shell() {
  const [isOpen, menu] = useDisclosure(false);
  const { pathname } = useLocation();
  useEffect(() => menu.close(), [pathname]); // eslint-disable-line react-hooks/exhaustive-deps -- the page decides
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 168, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'md' }}
    >
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="md" size="sm" aria-label="Menu" />
          <Link to="/" className="brand">
            metal-api
          </Link>
          <SearchBox />
          <Freshness />
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <Menu />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function Menu() {
  const { data } = useMe();
  const { pathname } = useLocation();
  const role = data && roleOf(data);
  return (
    <nav aria-label="Pages">
      {NAVIGATION.filter((item) => includesRole(role, item.role)).map(({ label, to }) => (
        <NavLink
          key={to}
          label={<Text size="sm">{label}</Text>}
          renderRoot={(props) => <Link to={to} {...props} />}
          active={to === '/' ? pathname === '/' || pathname.startsWith('/machines') : pathname.startsWith(to)}
        />
      ))}
    </nav>
  );
}
