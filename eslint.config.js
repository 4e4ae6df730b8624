import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import documentsChangeInTransitions from './scripts/eslint/documents-change-in-transitions.mjs';

/** One way to inject what is no class, and one logger (docs/adr/0019-wiring.md). */
const WIRING = [
  {
    selector:
      'TSParameterProperty > Decorator > CallExpression[callee.name="Inject"][arguments.0.name=/^[A-Z_]+$/], Identifier > Decorator > CallExpression[callee.name="Inject"][arguments.0.name=/^[A-Z_]+$/]',
    message: 'Inject classes by their type; use InjectConfig, InjectClock, InjectLogger, InjectTable or InjectLog.',
  },
  {
    selector: 'ImportDeclaration[source.value="@nestjs/common"] > ImportSpecifier[imported.name="Logger"]',
    message: 'Use the AppLogger of InjectLogger.',
  },
];

export default tseslint.config(
  {
    ignores: [
      ...['dist', 'node_modules', 'coverage', 'docs/.vitepress/cache', 'docs/.vitepress/dist', '**/*.cjs'],
      ...['console/dist', 'console/src/api/schema.d.ts'],
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-extraneous-class': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // Every change of a machine is a named transition (docs/adr/0017-machine-aggregate.md).
    files: ['src/modules/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    plugins: { aggregate: { rules: { 'documents-change-in-transitions': documentsChangeInTransitions } } },
    rules: {
      'aggregate/documents-change-in-transitions': [
        'error',
        [
          {
            what: 'machine',
            members: ['hardware', 'bios', 'allocation', 'claim', 'release'],
            where: ['src/modules/machine/core/transitions/', 'src/modules/machine/core/machine.repository.ts'],
          },
          {
            what: 'BMC record',
            members: ['powerState', 'powerSupplies', 'fru', 'lastUpdated'],
            where: ['src/modules/machine/core/transitions/'],
          },
          {
            what: 'container of events',
            members: ['liveliness', 'lastEventTime', 'crashLoop', 'failedMachineReclaim'],
            where: ['src/modules/machine/event/event-transitions.ts'],
          },
        ],
      ],
    },
  },
  {
    // One kit starts all timers (docs/adr/0018-concurrency-kit.md). Tests may wait in their own ways.
    files: ['src/**/*.ts', 'migrations/**/*.ts'],
    ignores: ['src/shared/concurrency/timers.ts', '**/*.spec.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'setInterval', message: 'Use Scheduler.every of src/shared/concurrency/scheduler.ts.' },
        { name: 'setTimeout', message: 'Use Scheduler, after, sleep or a deadline of src/shared/concurrency.' },
      ],
      'no-restricted-imports': [
        'error',
        { paths: ['timers', 'timers/promises', 'node:timers', 'node:timers/promises'] },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'globalThis', property: 'setInterval', message: 'Use Scheduler.every.' },
        { object: 'globalThis', property: 'setTimeout', message: 'Use Scheduler, after or sleep.' },
        { object: 'Promise', property: 'race', message: 'Use withDeadline or endsWithin; see docs/adr/0018.' },
      ],
    },
  },
  {
    // One way to inject what is no class, and one logger (docs/adr/0019-wiring.md).
    files: ['src/**/*.ts'],
    ignores: [
      '**/*.spec.ts',
      '**/inject*.ts',
      'src/config/config.module.ts',
      'src/platform/telemetry/app-logger.module.ts',
    ],
    rules: {
      'no-restricted-syntax': ['error', ...WIRING],
    },
  },
  {
    // Races that are no deadlines: work that a signal of the operator ends, or that a consumer is woken from, or of which
    // one part fails before the other has ended.
    files: [
      'src/cli/demo/demo.ts',
      'src/cli/simulate.ts',
      'src/modules/backup/backup-store.ts',
      'src/platform/bus/nats/pull-loop.ts',
      'src/platform/store/backup/backup-file.ts',
      'src/platform/store/rethinkdb/capture.ts',
      'src/shared/concurrency/deadline.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Queries are built with the types of reql.ts: those of the library would need casts everywhere.
    files: ['src/**/*.ts'],
    ignores: ['src/platform/store/rethinkdb/reql.ts', '**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'rethinkdb-ts',
              importNames: ['r', 'RDatum', 'RTable'],
              message: 'Use r, Term and Table of reql.ts.',
            },
          ],
        },
      ],
    },
  },
  {
    // More parameters are a sign that a collaborator is missing.
    files: ['src/modules/machine/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...WIRING,
        {
          selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>6]',
          message: 'A constructor has at most six parameters: find the collaborator that is missing.',
        },
      ],
    },
  },
  {
    // Command line programs print.
    files: ['src/cli/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // Tests print, too, and may take a shortcut through types.
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  {
    files: ['console/src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'error' },
  },
  {
    // Programs that run as they are, without a build.
    files: ['**/*.mjs'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      parserOptions: { projectService: false },
      globals: Object.fromEntries(
        [
          ...['URL', 'URLSearchParams', 'clearTimeout', 'console', 'fetch', 'process', 'setTimeout'],
          ...['AbortController', 'AbortSignal', 'TextDecoderStream'],
        ].map((name) => [name, 'readonly']),
      ),
    },
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-console': 'off' },
  },
);
