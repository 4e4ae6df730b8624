/**
 * ESLint rule: an object is built from a stored document (`{ ...machine, waiting: true }`) only in the files that hold
 * the transitions of this document. Recognizes documents by the type of what is spread, not by its name.
 *
 * Option: a list of `{ what, members, where }`. A type with all of the `members` is such a document; `where` names the
 * folders and files that may build one from another.
 */
export default {
  meta: {
    type: 'problem',
    docs: { description: 'changes of documents are named transitions' },
    messages: {
      elsewhere: 'A {{what}} is changed by the transitions in {{where}}: add one there and call it here.',
    },
    schema: [
      {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            what: { type: 'string' },
            members: { type: 'array', items: { type: 'string' }, minItems: 1 },
            where: { type: 'array', items: { type: 'string' }, minItems: 1 },
          },
          required: ['what', 'members', 'where'],
          additionalProperties: false,
        },
      },
    ],
  },
  create(context) {
    const file = context.filename.replaceAll('\\', '/');
    const documents = context.options[0].filter(({ where }) => !where.some((place) => file.includes(place)));
    const { program, esTreeNodeToTSNodeMap } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    return {
      'ObjectExpression > SpreadElement'(node) {
        const type = checker.getTypeAtLocation(esTreeNodeToTSNodeMap.get(node.argument));
        const apparent = checker.getApparentType(checker.getNonNullableType(type));
        for (const { what, members, where } of documents) {
          if (!members.every((member) => checker.getPropertyOfType(apparent, member))) continue;
          context.report({ node, messageId: 'elsewhere', data: { what, where: where.join(', ') } });
        }
      },
    };
  },
};
