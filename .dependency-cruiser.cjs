/** The layers of ARCHITECTURE.md as rules; `npm run layers` checks them. */
const oneFolder = (library, folder) => ({
  name: `only-${folder.replace(/\W+/g, '-')}-uses-${library.replace(/\W+/g, '-')}`,
  severity: 'error',
  from: { pathNot: `^src/${folder}/` },
  to: { path: `node_modules/${library}/` },
});

/** Features may import features of a lower rank only (docs/adr/0008-features-in-order.md). */
const ranks = require('./src/modules/ranks.json');
const inOrder = ranks.slice(0, -1).map((feature, rank) => ({
  name: `${feature}-imports-earlier-features`,
  severity: 'error',
  from: { path: `^src/modules/${feature}/` },
  to: { path: `^src/modules/(${ranks.slice(rank + 1).join('|')})/` },
}));
const ranked = {
  name: 'features-have-a-rank',
  comment: 'add the folder to src/modules/ranks.json',
  severity: 'error',
  from: { path: `^src/modules/(?!(${ranks.join('|')})/)[^/]+/` },
  to: {},
};

/** The parts of the machine feature, in the order in which they may import each other. */
const MACHINE_PARTS = [
  ...['core', 'event', 'bmc', 'query', 'issues', 'installation', 'registration', 'boot', 'power', 'release'],
  ...['allocation', 'bundle', 'waiting-list', 'administration', 'vpn'],
];

const machinePart = (part, position) => ({
  name: `machine-${part}-knows-no-later-part`,
  severity: 'error',
  from: { path: `^src/modules/machine/${part}/` },
  to: { path: [...MACHINE_PARTS.slice(position + 1).map((later) => `^src/modules/machine/${later}/`), MACHINE_MODULE] },
});

const MACHINE_MODULE = '^src/modules/machine/machine\\.module\\.ts$';

module.exports = {
  forbidden: [
    ...inOrder,
    ranked,
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'shared-is-pure',
      severity: 'error',
      from: { path: '^src/shared/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: ['^src/(?!shared/)', 'node_modules/@nestjs/', 'node_modules/(nats|rethinkdb-ts|fastify|classic-level)/'],
      },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^src/platform/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/(modules|agent|image-cache|cli)/' },
    },
    {
      name: 'modules-know-no-agent-or-cli',
      severity: 'error',
      from: { path: '^src/modules/' },
      to: { path: '^src/(agent|image-cache|cli)/' },
    },
    {
      name: 'image-cache-stands-alone',
      comment: 'a program of its own: of the server it knows the wire only',
      severity: 'error',
      from: { path: '^src/image-cache/', pathNot: '\\.spec\\.ts$' },
      to: { path: ['^src/(modules|agent|cli)/', 'node_modules/@nestjs/'] },
    },
    {
      name: 'domain-is-pure',
      comment: 'modules/<feature>/<feature>.ts imports shared and other domain files only',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/(\\1)\\.ts$' },
      to: {
        path: ['^src/platform/', 'node_modules/@nestjs/', '\\.(service|controller|dto|mapper|module|table)\\.ts$'],
      },
    },
    {
      name: 'controllers-touch-no-table',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: ['\\.table\\.ts$', '^src/platform/store/'] },
    },
    {
      name: 'wire-classes-stay-at-the-edge',
      severity: 'error',
      from: { path: '\\.service\\.ts$' },
      to: { path: '\\.(dto|controller|mapper)\\.ts$' },
    },
    ...MACHINE_PARTS.map(machinePart),
    {
      name: 'machine-itself-knows-no-part',
      severity: 'error',
      from: { path: '^src/modules/machine/(?!machine\\.module)[^/]+\\.ts$' },
      to: { path: '^src/modules/machine/[^/]+/' },
    },
    {
      name: 'machine-parts-are-in-order',
      comment: 'every folder of the feature has its place in MACHINE_PARTS',
      severity: 'error',
      from: {},
      to: { path: '^src/modules/machine/[^/]+/', pathNot: `^src/modules/machine/(${MACHINE_PARTS.join('|')})/` },
    },
    {
      name: 'transitions-are-pure',
      severity: 'error',
      from: { path: '^src/modules/machine/core/transitions/' },
      to: {
        path: [
          '^src/platform/',
          'node_modules/@nestjs/',
          '\\.(service|repository|controller|dto|mapper|module|table)\\.ts$',
        ],
      },
    },
    {
      name: 'only-the-machine-feature-changes-machines',
      severity: 'error',
      from: { pathNot: '^src/modules/machine/' },
      to: { path: '^src/modules/machine/core/(machine\\.repository|transitions/.*)\\.ts$' },
    },
    oneFolder('rethinkdb-ts', 'platform/store/rethinkdb'),
    oneFolder('classic-level', 'platform/store/embedded'),
    oneFolder('nats', 'platform/bus/nats'),
    oneFolder('jsonwebtoken', 'platform/auth'),
    oneFolder('@grpc', 'platform/grpc'),
    oneFolder('@aws-sdk', 'platform/objects'),
    oneFolder('@fastify/busboy', 'platform/http'),
    oneFolder('pg', 'import/sources'),
    oneFolder('tar-stream', 'import/sources'),
    oneFolder('jose', 'platform/auth'),
    oneFolder('lru-cache', 'shared/concurrency'),
    oneFolder('p-limit', 'shared/concurrency'),
    oneFolder('ssh2', 'agent/console'),
    oneFolder('pino', 'platform/telemetry'),
    oneFolder('@opentelemetry', 'platform/tracing'),
    oneFolder('prom-client', 'platform/telemetry'),
    {
      name: 'no-drawers',
      comment: 'no utils, helpers, common folders',
      severity: 'error',
      from: {},
      to: { path: '/(util|utils|helper|helpers|common)(/|\\.ts$)', pathNot: 'node_modules' },
    },
    {
      name: 'runs-without-development-dependencies',
      comment: 'the image has only "dependencies" of package.json',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '(^test/|\\.spec\\.ts$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
