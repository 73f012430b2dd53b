//! Tables of a TOML file that are ours; the rest stays as its authors wrote it.

use toml_edit::{Array, DocumentMut, Item, Table, value};

/// The file with a server of this name among `[mcp_servers]`, started by these words.
pub(super) fn with_server(
    before: Option<&str>,
    name: &str,
    words: &[String],
) -> Result<Option<String>, String> {
    let mut file: DocumentMut = before
        .unwrap_or_default()
        .parse()
        .map_err(|error: toml_edit::TomlError| format!("this is not TOML: {}", error.message()))?;
    let servers = file.entry("mcp_servers").or_insert_with(|| {
        let mut servers = Table::new();
        servers.set_implicit(true);
        Item::Table(servers)
    });
    let servers = servers
        .as_table_like_mut()
        .ok_or_else(|| "`mcp_servers` is no table".to_owned())?;
    let server = servers
        .entry(name)
        .or_insert_with(|| Item::Table(Table::new()));
    let server = server
        .as_table_like_mut()
        .ok_or_else(|| format!("`mcp_servers.{name}` is no table"))?;
    if server.get("command").and_then(Item::as_str) != Some("countersign") {
        server.insert("command", value("countersign"));
    }
    let known = server.get("args").and_then(Item::as_array);
    let same = known.is_some_and(|known| {
        known
            .iter()
            .map(|word| word.as_str())
            .eq(words.iter().map(|word| Some(word.as_str())))
    });
    if !same {
        server.insert("args", value(words.iter().collect::<Array>()));
    }
    // A server has an address or a command; a switch that is off would make nothing of ours work.
    for other in ["url", "bearer_token_env_var", "http_headers"] {
        server.remove(other);
    }
    if server.get("enabled").and_then(Item::as_bool) == Some(false) {
        return Err(format!("`mcp_servers.{name}` is switched off"));
    }
    // The key and the address reach our tools only where the variables are passed on by name.
    let passed = server
        .entry("env_vars")
        .or_insert_with(|| value(Array::new()));
    let passed = passed
        .as_array_mut()
        .ok_or_else(|| format!("`mcp_servers.{name}.env_vars` is no array"))?;
    for name in ["COUNTERSIGN_API_KEY", "COUNTERSIGN_URL"] {
        if !passed.iter().any(|known| known.as_str() == Some(name)) {
            passed.push(name);
        }
    }
    Ok(Some(file.to_string()))
}
