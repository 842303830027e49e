//! One HTTP request as received and one answer to give. It knows HTTP, forms and the Graph API's way of passing
//! parameters, nothing of posts.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use super::errors;

/// Larger bodies are cut off: a form never is.
const MAX_BODY: usize = 1 << 20;

/// At whose hosts a request arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Door {
    Instagram,
    Facebook,
}

/// A request with its body read.
pub(super) struct Call {
    pub(super) door: Door,
    pub(super) method: Method,
    pub(super) path: String,
    /// Decoded, in order.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(super) async fn read(door: Door, request: Request) -> Result<Self, Reply> {
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, MAX_BODY).await;
        Ok(Self {
            door,
            method: head.method,
            path: head.uri.path().to_owned(),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            headers: head.headers,
            body: body.map_err(|_| errors::invalid("The request's body is cut off or too large for a form"))?,
        })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The fields of a form body. JSON bodies are refused: the real service takes them and quietly forgets half of what
    /// they say.
    pub(super) fn form(&self) -> Result<Vec<(String, String)>, Reply> {
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            _ if self.body.is_empty() => Ok(Vec::new()),
            "application/x-www-form-urlencoded" if std::str::from_utf8(&self.body).is_ok() => Ok(pairs(&self.body)),
            _ => Err(errors::invalid(&format!(
                "The body is {kind:?}: parameters go as application/x-www-form-urlencoded"
            ))),
        }
    }

    /// All parameters, of query and form.
    pub(super) fn parameters(&self) -> Result<Vec<(String, String)>, Reply> {
        let mut all = self.query.clone();
        if self.method == Method::POST {
            all.extend(self.form()?);
        } else if !self.body.is_empty() {
            return Err(errors::invalid(&format!("A {} request has no body", self.method)));
        }
        Ok(all)
    }
}

pub(super) fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

/// The parameters of a call to the Graph API, without those that say who calls.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Refuses what is said twice.
    pub(super) fn of(call: &Call) -> Result<Self, Reply> {
        let mut fields = call.parameters()?;
        fields.retain(|(name, _)| name != "access_token" && name != "appsecret_proof");
        for (index, (name, _)) in fields.iter().enumerate() {
            if fields[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(errors::invalid(&format!("The parameter {name} is given twice")));
            }
        }
        Ok(Self(fields))
    }

    /// Refuses every parameter that is not known.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Reply> {
        match self.names().find(|name| !known.contains(name)) {
            Some(name) => Err(errors::invalid(&format!("Unexpected parameter {name}"))),
            None => Ok(()),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Reply> {
        let found = self.text(name).filter(|value| !value.is_empty());
        found.ok_or_else(|| errors::invalid(&format!("The parameter {name} is required.")))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Reply> {
        self.read(name, "a boolean", |value| match value {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    pub(super) fn whole(&self, name: &str) -> Result<Option<u64>, Reply> {
        let digits = |value: &str| value.bytes().all(|byte| byte.is_ascii_digit()).then(|| value.parse().ok());
        self.read(name, "a non-negative integer", |value| digits(value).flatten())
    }

    pub(super) fn json(&self, name: &str) -> Result<Option<Value>, Reply> {
        self.read(name, "JSON", |value| serde_json::from_str(value).ok())
    }

    /// A list: JSON text, or what commas separate.
    pub(super) fn list(&self, name: &str) -> Result<Option<Vec<String>>, Reply> {
        self.read(name, "a list of strings", |value| {
            if value.starts_with('[') {
                serde_json::from_str(value).ok()
            } else {
                Some(value.split(',').filter(|item| !item.is_empty()).map(str::to_owned).collect())
            }
        })
    }

    fn read<T>(&self, name: &str, what: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Reply> {
        let Some(value) = self.text(name) else { return Ok(None) };
        let wrong = || errors::invalid(&format!("Param {name} must be {what}"));
        read(value).map(Some).ok_or_else(wrong)
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=UTF-8".to_owned())];
        Self { status, headers, body: body.to_string() }
    }

    pub(super) fn page(status: u16, html: String) -> Self {
        Self { status, headers: vec![("content-type", "text/html; charset=utf-8".to_owned())], body: html }
    }

    pub(super) fn redirect(to: String) -> Self {
        Self { status: 302, headers: vec![("location", to)], body: String::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    }
}
