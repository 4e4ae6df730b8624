import { InProcessBroker, InProcessBus } from '../../src/platform/bus/in-process/in-process-bus.js';
import { busContract } from './bus.suite.js';

busContract('in-process', async () => {
  const broker = new InProcessBroker();
  const buses: InProcessBus[] = [];
  const add = (): InProcessBus => {
    const bus = new InProcessBus(broker);
    buses.push(bus);
    return bus;
  };
  return { server: add, agent: add, end: async () => void (await Promise.all(buses.map((bus) => bus.close()))) };
});
