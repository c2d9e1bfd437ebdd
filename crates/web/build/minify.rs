//! Makes a script small: no comment, no needless name, the words and the style sheet in it as short as they are said.

use std::collections::BTreeMap;

use oxc_allocator::Allocator;
use oxc_ast::ast::{BindingPattern, Expression, Program, PropertyKey, Statement, VariableDeclarator};
use oxc_ast::builder::AstBuilder;
use oxc_ast_visit::{VisitMut, walk_mut};
use oxc_codegen::{Codegen, CodegenOptions};
use oxc_minifier::{ManglePropertiesOptions, ManglePropertyCache, Minifier, MinifierOptions};
use oxc_parser::Parser;
use oxc_span::{SPAN, SourceType};

use crate::classes::Classes;

/// How the browser runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By a plain script tag.
    Script,
    /// As a module: names at the top level are its own.
    Module,
}

pub(crate) fn parse<'a>(
    allocator: &'a Allocator,
    source: &'a str,
    kind: Kind,
) -> Result<Program<'a>, String> {
    let kind = if kind == Kind::Script { SourceType::script() } else { SourceType::mjs() };
    let parsed = Parser::new(allocator, source, kind).parse();
    match parsed.diagnostics.iter().next() {
        Some(wrong) => Err(wrong.to_string()),
        None => Ok(parsed.program),
    }
}

/// Properties that only our own code knows, and what they have been shortened to, so that scripts which meet agree on it.
pub(crate) struct OwnNames {
    pattern: String,
    short: ManglePropertyCache,
    /// The style sheet's classes that other scripts know, too.
    kept_classes: Vec<String>,
}

impl OwnNames {
    /// Of a text with names; what follows a `#` on a line says something about them.
    pub(crate) fn new(list: &str, kept_classes: Vec<String>) -> Self {
        let names: Vec<&str> =
            list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect();
        Self {
            pattern: format!("^(?:{})$", names.join("|")),
            short: ManglePropertyCache::default(),
            kept_classes,
        }
    }
}

/// The same script, small.
pub(crate) fn minify(source: &str, kind: Kind, names: Option<&mut OwnNames>) -> Result<String, String> {
    let allocator = Allocator::default();
    let mut program = parse(&allocator, source, kind)?;
    let words = words(&program);
    let classes = names
        .as_ref()
        .map_or_else(Classes::default, |names| Classes::of(&sheet(&program), &names.kept_classes));
    Inline { build: AstBuilder::new(&allocator), allocator: &allocator, words, classes }
        .visit_program(&mut program);
    let mut options = MinifierOptions::default();
    if let Some(names) = &names {
        let cache = names.short.clone();
        options.mangle_properties =
            Some(ManglePropertiesOptions { cache, ..ManglePropertiesOptions::from_pattern(&names.pattern)? });
    }
    let done = Minifier::new(options).minify(&allocator, &mut program);
    if let (Some(names), Some(short)) = (names, done.property_mangle_cache) {
        names.short = short;
    }
    let code = Codegen::new()
        .with_options(CodegenOptions::minify())
        .with_scoping(done.scoping)
        .with_private_member_mappings(done.class_private_mappings)
        .build(&program)
        .code;
    Ok(code)
}

/// What a constant at the top level is made of.
fn constant<'p, 'a>(program: &'p Program<'a>, name: &str) -> impl Iterator<Item = &'p Expression<'a>> {
    let declarations = program.body.iter().filter_map(|statement| match statement {
        Statement::VariableDeclaration(declaration) => Some(&declaration.declarations),
        _ => None,
    });
    declarations.flatten().filter(move |one| names(one, name)).filter_map(|one| one.init.as_ref())
}

/// The text of `const css`, a template without places.
fn sheet(program: &Program<'_>) -> String {
    let templates = constant(program, "css").filter_map(|value| match value {
        Expression::TemplateLiteral(template) => template.quasis.first(),
        _ => None,
    });
    templates.map(|text| text.value.raw.as_str()).collect()
}

/// What `const words = { … }` says, by key.
fn words(program: &Program<'_>) -> BTreeMap<String, String> {
    let objects = constant(program, "words").filter_map(|value| match value {
        Expression::ObjectExpression(object) => Some(&object.properties),
        _ => None,
    });
    let properties = objects.flatten().filter_map(|property| property.as_property());
    properties
        .filter_map(|property| match (&property.key, &property.value) {
            (PropertyKey::StaticIdentifier(key), Expression::StringLiteral(text)) => {
                Some((key.name.to_string(), text.value.to_string()))
            }
            _ => None,
        })
        .collect()
}

fn names(declarator: &VariableDeclarator<'_>, name: &str) -> bool {
    matches!(&declarator.id, BindingPattern::BindingIdentifier(id) if id.name == name)
}

/// Puts each of the words where it is said, and the style sheet on one line.
struct Inline<'a> {
    build: AstBuilder<'a>,
    allocator: &'a Allocator,
    words: BTreeMap<String, String>,
    classes: Classes,
}

impl<'a> Inline<'a> {
    fn literal(&self, text: &str) -> Expression<'a> {
        Expression::new_string_literal(SPAN, self.allocator.alloc_str(text), None, &self.build)
    }
}

impl<'a> VisitMut<'a> for Inline<'a> {
    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        if let Expression::StaticMemberExpression(member) = expression
            && matches!(&member.object, Expression::Identifier(object) if object.name == "words")
            && let Some(text) = self.words.get(member.property.name.as_str())
        {
            *expression = self.literal(text);
        } else if let Expression::StringLiteral(text) = expression
            && let Some(short) = self.classes.rename_in_code(&text.value)
        {
            *expression = self.literal(&short);
        }
        walk_mut::walk_expression(self, expression);
    }

    fn visit_variable_declarator(&mut self, declarator: &mut VariableDeclarator<'a>) {
        if names(declarator, "css")
            && let Some(Expression::TemplateLiteral(sheet)) = &declarator.init
            && let [only] = sheet.quasis.as_slice()
        {
            let text = self.classes.rename(&squeeze(&only.value.raw));
            declarator.init = Some(self.literal(&text));
        }
        walk_mut::walk_variable_declarator(self, declarator);
    }
}

/// A style sheet without its comments and line breaks.
fn squeeze(sheet: &str) -> String {
    let mut small = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, after)) = rest.split_once("/*") {
        small.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    small.push_str(rest);
    small.lines().collect::<String>().replace(";}", "}")
}
