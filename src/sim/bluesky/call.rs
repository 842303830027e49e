//! One HTTP request as received, its inputs as a lexicon names them, and the shapes of an answer. It knows HTTP and
//! XRPC, nothing of records.

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::errors::{self, Refusal};
use crate::sim;

/// More than any lawful body.
const BODY_MAX: usize = 320_000_000;
/// Bytes of a JSON body.
const JSON_MAX: usize = 1_000_000;

/// What a handler answers.
pub(super) type Outcome = Result<Response, Refusal>;

/// A request with its body read.
pub(super) struct Call {
    pub(super) host: &'static str,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    /// Nothing when the body breaks off or is longer than any lawful one.
    pub(super) async fn receive(request: Request, host: &'static str) -> Option<Self> {
        let announced = sim::announced(&request);
        let (head, body) = request.into_parts();
        Some(Self {
            host,
            method: head.method,
            path: head.uri.path().to_owned(),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            headers: head.headers,
            body: sim::collect(body, announced, BODY_MAX).await?,
        })
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Media type of the body, without parameters.
    pub(super) fn content_type(&self) -> String {
        self.header("content-type").split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The parameters of a query, each of these and no other.
    pub(super) fn parameters(&self, known: &[&str]) -> Result<(), Refusal> {
        let unknown = self.query.iter().find(|(name, _)| !known.contains(&name.as_str()));
        unknown.map_or(Ok(()), |(name, _)| Err(errors::invalid(&format!("Params has no property \"{name}\""))))
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Refusal> {
        let missing = || errors::invalid(&format!("Params must have the property \"{name}\""));
        self.parameter(name).ok_or_else(missing)
    }

    /// The JSON object of the body: each of these properties and no other.
    pub(super) fn input(&self, known: &[&str]) -> Result<Input, Refusal> {
        if self.content_type() != "application/json" {
            let kind = self.content_type();
            return Err(errors::invalid(&format!("Wrong request encoding (Content-Type): {kind}")));
        }
        if self.body.len() > JSON_MAX {
            return Err(errors::too_large());
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(values)) => Input::of(values, known),
            Ok(_) => Err(errors::invalid("Input must be an object")),
            Err(error) => Err(errors::invalid(&format!("The body is not JSON: {error}"))),
        }
    }

    /// The fields of a form.
    pub(super) fn form(&self) -> Option<Vec<(String, String)>> {
        (self.content_type() == "application/x-www-form-urlencoded").then(|| pairs(&self.body))
    }
}

/// The properties of a JSON object.
pub(super) struct Input(Map<String, Value>);

impl Input {
    /// Refuses a property that is none of these.
    pub(super) fn of(values: Map<String, Value>, known: &[&str]) -> Result<Self, Refusal> {
        match values.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(errors::invalid(&format!("Input has no property \"{name}\""))),
            None => Ok(Self(values)),
        }
    }

    /// Whether it is there, be it null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let wrong = || errors::invalid(&format!("Input/{name} must be a string"));
        self.get(name).map(|value| value.as_str().ok_or_else(wrong)).transpose()
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let wrong = || errors::invalid(&format!("Input/{name} must be a boolean"));
        self.get(name).map(|value| value.as_bool().ok_or_else(wrong)).transpose()
    }

    pub(super) fn object(&self, name: &str) -> Result<&Value, Refusal> {
        let value = self.get(name).ok_or_else(|| missing(name))?;
        if value.is_object() { Ok(value) } else { Err(errors::invalid(&format!("Input/{name} must be an object"))) }
    }

    pub(super) fn list(&self, name: &str) -> Result<&[Value], Refusal> {
        let value = self.get(name).ok_or_else(|| missing(name))?;
        let wrong = || errors::invalid(&format!("Input/{name} must be an array"));
        value.as_array().map(Vec::as_slice).ok_or_else(wrong)
    }
}

fn missing(name: &str) -> Refusal {
    errors::invalid(&format!("Input must have the property \"{name}\""))
}

pub(super) fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

pub(super) fn json(status: u16, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (code(status), kind, body.to_string()).into_response()
}

pub(super) fn set_header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

pub(super) fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
