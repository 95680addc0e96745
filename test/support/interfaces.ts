import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** One argument as its interface documents it. */
export interface Documented {
  readonly name: string;
  readonly optional: boolean;
  /** Its type as it is written. */
  readonly type: string;
  readonly description: string;
  /** Text of each tag, such as `default`. */
  readonly tags: Readonly<Record<string, string>>;
}

/** An interface of the sources. */
export interface Interface {
  readonly name: string;
  readonly members: readonly Documented[];
  /** Names of the types that it is made of. */
  readonly mentions: readonly string[];
}

/** A component of the sources. */
export interface Component {
  readonly name: string;
  /** What its constructor ends with. */
  readonly lastStatement: string;
  /** Whether its own comment shows how it is used. */
  readonly hasExample: boolean;
}

/** What a module and all that it exports on are made of. */
export interface Sources {
  readonly interfaces: ReadonlyMap<string, Interface>;
  readonly components: readonly Component[];
  /** Names that the module exports. */
  readonly exported: readonly string[];
}

/** Reads a module and, of what it names in exports and imports of types, every file. Parses only: no types are checked. */
export function readSources(entry: string): Sources {
  const interfaces = new Map<string, Interface>();
  const components: Component[] = [];
  const exported: string[] = [];
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ESNext, true);
    for (const statement of source.statements) {
      const from = moduleOf(statement);
      if (from !== undefined) {
        if (file === entry) exported.push(...namesIn(statement));
        visit(join(dirname(file), from));
      }
      if (ts.isInterfaceDeclaration(statement)) {
        const found = interfaceOf(statement);
        interfaces.set(found.name, found);
      }
      const component = ts.isClassDeclaration(statement) ? componentOf(statement) : undefined;
      if (component !== undefined) components.push(component);
    }
  };
  visit(entry);
  return { interfaces, components, exported };
}

/** The file of this repository that a statement refers to. */
function moduleOf(statement: ts.Statement): string | undefined {
  if (!ts.isExportDeclaration(statement) && !ts.isImportDeclaration(statement)) return undefined;
  const { moduleSpecifier } = statement;
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return undefined;
  return moduleSpecifier.text.startsWith(".") ? moduleSpecifier.text : undefined;
}

function namesIn(statement: ts.Statement): string[] {
  if (!ts.isExportDeclaration(statement) || statement.exportClause === undefined) return [];
  return ts.isNamedExports(statement.exportClause)
    ? statement.exportClause.elements.map(({ name }) => name.text)
    : [];
}

function interfaceOf(declaration: ts.InterfaceDeclaration): Interface {
  const members = declaration.members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.getText(),
    optional: member.questionToken !== undefined,
    type: member.type?.getText() ?? "",
    ...commentOf(member),
  }));
  const parents = (declaration.heritageClauses ?? []).flatMap(({ types }) =>
    types.map((type) => type.getText()),
  );
  // What a transform is given is no argument.
  const types = members.map(({ type }) => type.replaceAll(/\bTransform<\w+>/g, ""));
  const mentions = [...types, ...parents].flatMap((type) => type.match(/\b[A-Z]\w+/g) ?? []);
  return { name: declaration.name.text, members, mentions };
}

function componentOf(declaration: ts.ClassDeclaration): Component | undefined {
  const parents = (declaration.heritageClauses ?? []).map((clause) => clause.getText()).join(" ");
  const made = declaration.members.find(ts.isConstructorDeclaration);
  if (!parents.includes("ComponentResource") || made === undefined) return undefined;
  return {
    name: declaration.name?.text ?? "",
    lastStatement: made.body?.statements.at(-1)?.getText() ?? "",
    hasExample: "example" in commentOf(declaration).tags,
  };
}

function commentOf(node: ts.Node): Pick<Documented, "description" | "tags"> {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = (comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string =>
    (ts.getTextOfJSDocComment(comment) ?? "").trim();
  return {
    description: comments.map(({ comment }) => text(comment)).join(" "),
    tags: Object.fromEntries(
      ts.getJSDocTags(node).map(({ tagName, comment }) => [tagName.text, text(comment)]),
    ),
  };
}
