import type { GrpcService, OperationRate } from '../../../platform/grpc/operation.js';

/** The service for machines that boot and install. */
export const BOOT_SERVICE: GrpcService = {
  file: 'api/v1/boot.proto',
  name: 'api.v1.BootService',
  checksTexts: true,
  subject: ({ uuid, machineId }: { uuid?: string; machineId?: string }) => uuid ?? machineId ?? '',
};

/** Older installers wait here. */
export const LEGACY_WAIT_SERVICE: GrpcService = {
  file: 'v1/wait.proto',
  name: 'v1.Wait',
  subject: ({ machineID }: { machineID: string }) => machineID,
};

/** Older installers ask for the password here. */
export const LEGACY_PASSWORD_SERVICE: GrpcService = {
  file: 'v1/super-user-password.proto',
  name: 'v1.SuperUserPassword',
};

export const REGISTRATION_RATE: OperationRate = {
  what: 'registrations',
  perSecond: ({ grpc }) => grpc.rates.registrations,
};

/** Each machine reads it once before its registration. */
export const PASSWORD_RATE: OperationRate = {
  what: "reads of the super user's password",
  perSecond: ({ grpc }) => grpc.rates.registrations,
};
