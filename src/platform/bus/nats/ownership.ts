import type { StreamConfig } from 'nats';

const DESCRIPTION = 'metal-api, installation ';

/** The description of a stream that belongs to the installation with this database. */
export const describeOwner = (uuid: string): string => DESCRIPTION + uuid;

/** The installation that owns a stream; undefined for streams of earlier releases. */
export function streamOwner({ description }: Pick<StreamConfig, 'description'>): string | undefined {
  return description?.startsWith(DESCRIPTION) ? description.slice(DESCRIPTION.length) : undefined;
}

const VOLATILE = 'memory ';

/** The owner of what a server with its data in memory sends: its database is a new one after each start. */
export const volatileOwner = (uuid: string): string => VOLATILE + uuid;

/** Whether the data behind an owner ends with its process. */
export const isVolatile = (owner: string): boolean => owner.startsWith(VOLATILE);

/** The streams with this name belong to another installation on the same broker. */
export class ForeignStreams extends Error {
  constructor(stream: string, installation: string, owner: string) {
    super(
      `stream ${stream} belongs to the installation with the database ${owner}, which has the same name ` +
        `"${installation}" on this broker: set METAL_API_INSTALLATION to a unique name here and at the agents; if ` +
        `that database is permanently gone, start once with METAL_API_INSTALLATION_TAKEOVER=true`,
    );
    this.name = 'ForeignStreams';
  }
}

/** A message that belongs to another installation and is left to it. */
export class ForeignMessage extends Error {
  constructor(installation: string) {
    super(`it belongs to the installation with the database ${installation}`);
    this.name = 'ForeignMessage';
  }
}
