import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const PROTOS = ['api/v1/boot.proto', 'api/v1/event.proto', 'v1/wait.proto', 'v1/super-user-password.proto'];
const contracts = loadSync(PROTOS, { includeDirs: ['proto'], keepCase: true, longs: Number, defaults: true });

/** Makes a unary call like a real client, e.g. `api.v1.BootService/Dhcp`. Rejects with the gRPC error. */
export async function grpcCall(address: string, method: string, request: object): Promise<unknown> {
  const [service = '', name = ''] = method.split('/');
  const Service = grpc.makeClientConstructor(contracts[service] as grpc.ServiceDefinition, service);
  const stub = new Service(address, grpc.credentials.createInsecure());
  type Method = (request: object, options: object, done: grpc.requestCallback<unknown>) => void;
  try {
    return await new Promise((resolve, reject) =>
      (stub[name] as Method).call(stub, request, { deadline: Date.now() + 10_000 }, (error, answer) =>
        error ? reject(error) : resolve(answer),
      ),
    );
  } finally {
    stub.close();
  }
}
