import { Tabs } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHead } from '../../components/page-head.js';
import { useAll } from '../../live/use-live.js';
import { TABS } from './catalogue-search.js';
import type { Tab } from './catalogue-search.js';
import { constraints } from './constraints.js';
import { images } from './images.js';
import { layouts } from './layouts.js';
import { partitions } from './partitions.js';
import { projects } from './projects.js';
import { RESERVATIONS, useReservationSection, useReservations } from './reservations.js';
import { SectionTable } from './section-table.js';
import { sizes } from './sizes.js';
import { tenants } from './tenants.js';
import './catalogue.css';

const LABELS: Readonly<Record<Tab, string>> = {
  partitions: 'Partitions',
  images: 'Images',
  sizes: 'Sizes',
  constraints: 'Size image constraints',
  reservations: 'Size reservations',
  layouts: 'Filesystem layouts',
  projects: 'Projects',
  tenants: 'Tenants',
};

const Partitions = () => <SectionTable section={partitions} rows={useAll('partition')} />;
const Images = () => <SectionTable section={images} rows={useAll('image')} />;
const Sizes = () => <SectionTable section={sizes} rows={useAll('size')} />;
const Constraints = () => <SectionTable section={constraints} rows={useAll('size-image-constraint')} />;
const Layouts = () => <SectionTable section={layouts} rows={useAll('filesystemlayout')} />;
const Tenants = () => <SectionTable section={tenants} rows={useAll('tenant')} />;

function Projects() {
  const known = useAll('tenant');
  return <SectionTable section={projects(known.map(({ meta }) => meta?.id ?? '').sort())} rows={useAll('project')} />;
}

function Reservations() {
  const client = useQueryClient();
  return (
    <SectionTable
      section={useReservationSection()}
      rows={useReservations()}
      onChanged={() => void client.invalidateQueries({ queryKey: RESERVATIONS })}
    />
  );
}

const CONTENT: Readonly<Record<Tab, () => ReactNode>> = {
  partitions: Partitions,
  images: Images,
  sizes: Sizes,
  constraints: Constraints,
  reservations: Reservations,
  layouts: Layouts,
  projects: Projects,
  tenants: Tenants,
};

/** What machines are allocated from and for: everything that changes seldom. */
export function CataloguePage() {
  const { tab = 'partitions' } = useSearch({ from: '/catalogue' });
  const navigate = useNavigate({ from: '/catalogue' });
  const Content = CONTENT[tab];
  return (
    <>
      <PageHead title="Catalogue" />
      <Tabs
        value={tab}
        onChange={(value) => void navigate({ search: value === 'partitions' ? {} : { tab: value as Tab } })}
        keepMounted={false}
      >
        <Tabs.List className="catalogue-tabs">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {LABELS[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((one) => (
          <Tabs.Panel key={one} value={one}>
            {one === tab && <Content />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
