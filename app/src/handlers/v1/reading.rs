//! The OpenAPI document as a person reads it: operations by topic, and the shapes they speak of.

use serde::Serialize;
use serde_json::Value;

/// What the page shows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reading {
    title: String,
    description: String,
    address: String,
    topics: Vec<Topic>,
    shapes: Vec<Shape>,
}

#[derive(Serialize)]
struct Topic {
    name: String,
    operations: Vec<Operation>,
}

#[derive(Serialize)]
struct Operation {
    method: String,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<Line>,
    body: Option<String>,
    answers: Vec<Answer>,
}

#[derive(Serialize)]
struct Answer {
    status: String,
    description: String,
    shape: Option<String>,
}

#[derive(Serialize)]
struct Shape {
    name: String,
    description: String,
    members: Vec<Line>,
}

/// A parameter or a member.
#[derive(Serialize)]
struct Line {
    name: String,
    kind: String,
    needed: bool,
    description: String,
}

impl Reading {
    /// The document, to be read.
    pub(crate) fn of(document: &Value) -> Self {
        let mut topics: Vec<Topic> = Vec::new();
        for (path, methods) in members(&document["paths"]) {
            for (method, operation) in members(methods) {
                let name = text(&operation["tags"][0]);
                let operation = Operation::of(method, path, operation);
                match topics.iter_mut().find(|topic| topic.name == name) {
                    Some(topic) => topic.operations.push(operation),
                    None => topics.push(Topic {
                        name,
                        operations: vec![operation],
                    }),
                }
            }
        }
        let shapes = members(&document["components"]["schemas"]);
        Self {
            title: text(&document["info"]["title"]),
            description: text(&document["info"]["description"]),
            address: text(&document["servers"][0]["url"]),
            topics,
            shapes: shapes.map(|(name, shape)| Shape::of(name, shape)).collect(),
        }
    }
}

impl Operation {
    fn of(method: &str, path: &str, operation: &Value) -> Self {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        let answers = members(&operation["responses"]).map(|(status, answer)| Answer {
            status: status.to_owned(),
            description: text(&answer["description"]),
            shape: members(&answer["content"])
                .find_map(|(_, content)| referred(&content["schema"])),
        });
        Self {
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(&operation["summary"]),
            description: text(&operation["description"]),
            parameters: parameters
                .map(|parameter| Line {
                    name: text(&parameter["name"]),
                    kind: format!(
                        "{} in {}",
                        kind_of(&parameter["schema"]),
                        text(&parameter["in"])
                    ),
                    needed: parameter["required"] == true,
                    description: text(&parameter["description"]),
                })
                .collect(),
            body: referred(body),
            answers: answers.collect(),
        }
    }
}

impl Shape {
    fn of(name: &str, shape: &Value) -> Self {
        let parts = std::iter::once(shape).chain(shape["allOf"].as_array().into_iter().flatten());
        let mut lines = Vec::new();
        for part in parts {
            let needed = part["required"].as_array();
            let is_needed =
                |name: &str| needed.is_some_and(|all| all.iter().any(|one| one == name));
            lines.extend(members(&part["properties"]).map(|(name, member)| Line {
                name: name.to_owned(),
                kind: kind_of(member),
                needed: is_needed(name),
                description: text(&member["description"]),
            }));
        }
        if let Some(words) = shape["enum"].as_array() {
            let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
            lines.push(Line {
                name: words.join(", "),
                kind: "string".to_owned(),
                needed: true,
                description: String::new(),
            });
        }
        Self {
            name: name.to_owned(),
            description: text(&shape["description"]),
            members: lines,
        }
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(name, value)| (name.as_str(), value))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The name of the shape that a schema refers to.
fn referred(schema: &Value) -> Option<String> {
    let name = schema["$ref"].as_str()?.rsplit('/').next()?;
    Some(name.to_owned())
}

fn kind_of(schema: &Value) -> String {
    if let Some(name) = referred(schema) {
        return name;
    }
    let of_several = ["oneOf", "allOf", "anyOf"]
        .iter()
        .find_map(|of| schema[*of].as_array());
    if let Some(several) = of_several {
        let kinds: Vec<String> = several
            .iter()
            .map(kind_of)
            .filter(|kind| kind != "null")
            .collect();
        return kinds.join(" or ");
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds
            .iter()
            .find(|kind| *kind != "null")
            .map(text)
            .unwrap_or_default(),
        kind => text(kind),
    };
    match kind.as_str() {
        "array" => format!("list of {}", kind_of(&schema["items"])),
        _ => kind,
    }
}
