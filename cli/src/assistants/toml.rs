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
    // The key and the address reach our tools only where the variables are passed on by name.
    let passed = ["COUNTERSIGN_API_KEY", "COUNTERSIGN_URL"];
    let known = server.get("env_vars").and_then(Item::as_array);
    let all = known.is_some_and(|known| {
        passed
            .iter()
            .all(|name| known.iter().any(|it| it.as_str() == Some(name)))
    });
    if !all {
        server.insert("env_vars", value(passed.iter().copied().collect::<Array>()));
    }
    Ok(Some(file.to_string()))
}
