import { BmcError } from '../bmc/bmc-driver.js';
import type { RedfishProbe } from '../bmc/routing-bmc-driver.js';
import { textAt } from './bounded-json.js';
import { HttpsConnection } from './https-connection.js';
import type { RedfishOptions } from './redfish-client.js';
import { SERVICE_ROOT } from './redfish-link.js';

/** Milliseconds for an answer; a BMC on the management network needs far less. */
const PATIENCE_MS = 5000;

/**
 * Asks for the service root, which needs no login. A certificate that is not trusted counts as an answer: the
 * operation that follows reports it.
 */
export const redfishProbe =
  ({ portOf, trust, timeoutMs }: RedfishOptions): RedfishProbe =>
  async (target) => {
    const { host, name } = target;
    const connection = new HttpsConnection(
      { host, port: portOf(target), name },
      trust,
      Math.min(timeoutMs, PATIENCE_MS),
    );
    try {
      const { status, body = {} } = await connection.send({ method: 'GET', path: SERVICE_ROOT });
      return status === 200 && textAt(body, 'RedfishVersion') !== undefined;
    } catch (error) {
      return error instanceof BmcError && error.failure === 'certificate';
    } finally {
      connection.close();
    }
  };
