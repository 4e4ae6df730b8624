import type { StreamConfig } from 'nats';

const DESCRIPTION = 'metal-api, installation ';

/** The description of a stream that belongs to the installation with this database. */
export const describeOwner = (uuid: string): string => DESCRIPTION + uuid;

/** The installation that a stream belongs to; undefined for streams of earlier releases. */
export function ownerOf({ description }: Pick<StreamConfig, 'description'>): string | undefined {
  return description?.startsWith(DESCRIPTION) ? description.slice(DESCRIPTION.length) : undefined;
}

/** The streams of this name belong to another installation on the same broker. */
export class ForeignStreams extends Error {
  constructor(stream: string, installation: string, owner: string) {
    super(
      `stream ${stream} belongs to the installation with the database ${owner}, which has the same name ` +
        `"${installation}" on this broker: set METAL_API_INSTALLATION to a name of its own here and at the agents; when ` +
        `that database is gone for good, start once with METAL_API_INSTALLATION_TAKEOVER=true`,
    );
    this.name = 'ForeignStreams';
  }
}

/** A message that belongs to another installation: it is left to that one. */
export class ForeignMessage extends Error {
  constructor(installation: string) {
    super(`it belongs to the installation with the database ${installation}`);
    this.name = 'ForeignMessage';
  }
}
