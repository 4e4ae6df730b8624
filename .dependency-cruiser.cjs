/** The layers of ARCHITECTURE.md as rules; `npm run layers` checks them. */
const oneFolder = (library, folder) => ({
  name: `only-${folder.replace(/\W+/g, '-')}-uses-${library.replace(/\W+/g, '-')}`,
  severity: 'error',
  from: { pathNot: `^src/${folder}/` },
  to: { path: `node_modules/${library}/` },
});

module.exports = {
  forbidden: [
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
      to: { path: '^src/(modules|agent|cli)/' },
    },
    {
      name: 'modules-know-no-agent-or-cli',
      severity: 'error',
      from: { path: '^src/modules/' },
      to: { path: '^src/(agent|cli)/' },
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
    oneFolder('rethinkdb-ts', 'platform/store/rethinkdb'),
    oneFolder('classic-level', 'platform/store/embedded'),
    oneFolder('nats', 'platform/bus/nats'),
    oneFolder('jsonwebtoken', 'platform/auth'),
    oneFolder('@grpc', 'platform/grpc'),
    oneFolder('@aws-sdk', 'platform/objects'),
    oneFolder('@fastify/busboy', 'platform/http'),
    oneFolder('pino', 'platform/telemetry'),
    oneFolder('prom-client', 'platform/telemetry'),
    {
      name: 'no-drawers',
      comment: 'no utils, helpers, common folders',
      severity: 'error',
      from: {},
      to: { path: '/(util|utils|helper|helpers|common)(/|\\.ts$)', pathNot: 'node_modules' },
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
