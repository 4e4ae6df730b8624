import type { Machine } from '../../api/types.js';
import { Link } from '@tanstack/react-router';
import { Facts } from '../../components/facts.js';
import { Panel } from '../../components/panel.js';
import { Ago } from '../../components/time.js';

/** Where the machine is, and how it is doing. */
export const PlacePanel = ({ machine }: { readonly machine: Machine }) => (
  <Panel title="Place and life">
    <Facts
      facts={[
        [
          'Partition',
          machine.partition && (
            <Link to="/" search={{ partition: machine.partition.id }}>
              {machine.partition.name || machine.partition.id}
            </Link>
          ),
        ],
        ['Room', machine.roomid],
        [
          'Rack',
          machine.rackid && (
            <Link to="/" search={{ q: machine.rackid }}>
              {machine.rackid}
            </Link>
          ),
        ],
        ['Size', machine.size?.name || machine.size?.id],
        ['Liveliness', machine.liveliness],
        ['Last event', <LastEvent key="event" machine={machine} />],
        ['Registered', <Ago key="created" time={machine.created} />],
        ['Installer', machine.state.metal_hammer_version],
      ]}
    />
  </Panel>
);

const LastEvent = ({ machine: { events } }: { readonly machine: Machine }) => (
  <>
    {events.log[0]?.event ?? 'none'} <Ago time={events.last_event_time} />
  </>
);
