// v1/plugin.c once more, in Rust without crates: what it declares is the C header, read by a person.
#![crate_type = "cdylib"]
#![allow(non_camel_case_types)]

use std::ffi::c_void;
use std::slice;
use std::thread;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    data: *const u8,
    size: usize,
}

impl Text {
    const NONE: Text = Text { data: std::ptr::null(), size: 0 };
    fn of(text: &str) -> Text {
        Text { data: text.as_ptr(), size: text.len() }
    }
    unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.size == 0 {
            return &[];
        }
        slice::from_raw_parts(self.data, self.size)
    }
}

pub enum Value {}
pub enum Builder {}
type Put<T> = unsafe extern "C" fn(*mut Builder, T);
type Mark = unsafe extern "C" fn(*mut Builder);

#[repr(C)]
pub struct Values {
    size: usize,
    kind: unsafe extern "C" fn(*const Value) -> u32,
    secrecy: unsafe extern "C" fn(*const Value) -> u32,
    as_bool: unsafe extern "C" fn(*const Value) -> i32,
    as_int: unsafe extern "C" fn(*const Value) -> i64,
    as_uint: unsafe extern "C" fn(*const Value) -> u64,
    as_double: unsafe extern "C" fn(*const Value) -> f64,
    as_text: unsafe extern "C" fn(*const Value) -> Text,
    as_time: unsafe extern "C" fn(*const Value, *mut i32) -> i64,
    count: unsafe extern "C" fn(*const Value) -> usize,
    item: unsafe extern "C" fn(*const Value, usize) -> *const Value,
    key_at: unsafe extern "C" fn(*const Value, usize) -> *const Value,
    value_at: unsafe extern "C" fn(*const Value, usize) -> *const Value,
    find: unsafe extern "C" fn(*const Value, Text) -> *const Value,
}

#[repr(C)]
pub struct Builders {
    size: usize,
    create: unsafe extern "C" fn(*const Host) -> *mut Builder,
    release: Mark,
    put_null: Mark,
    put_bool: Put<i32>,
    put_int: Put<i64>,
    put_uint: Put<u64>,
    put_double: Put<f64>,
    put_string: Put<Text>,
    put_bytes: Put<Text>,
    put_timestamp: unsafe extern "C" fn(*mut Builder, i64, i32),
    put_duration: unsafe extern "C" fn(*mut Builder, i64, i32),
    put_value: Put<*const Value>,
    put_json: unsafe extern "C" fn(*mut Builder, Text) -> i32,
    begin_list: Mark,
    begin_map: Mark,
    put_key: Put<Text>,
    put_entries: Put<*const Value>,
    end: Mark,
}

#[repr(C)]
pub struct Failure {
    size: usize,
    error_class: u32,
    http_status: i32,
    retry_after_ms: i64,
    code: Text,
    message: Text,
}

#[repr(C)]
pub struct CallInfo {
    size: usize,
    call: u64,
    kind: u32,
    index: u32,
    attempt: u32,
    reserved: u32,
    input: *const Value,
}

#[repr(C)]
pub struct Host {
    size: usize,
    minor: u32,
    reserved: u32,
    values: *const Values,
    builders: *const Builders,
    succeed: unsafe extern "C" fn(*const Host, u64, *mut Builder) -> i32,
    fail: unsafe extern "C" fn(*const Host, u64, *const Failure) -> i32,
    cancelled: unsafe extern "C" fn(*const Host, u64) -> i32,
    service: unsafe extern "C" fn(*const Host, Text) -> *const c_void,
}

type StateDone = unsafe extern "C" fn(*mut c_void, i32, Text);
#[repr(C)]
pub struct State {
    size: usize,
    get: usize,
    set: usize,
    get_now: unsafe extern "C" fn(*const Host, u64, Text, StateDone, *mut c_void),
    set_now: unsafe extern "C" fn(*const Host, u64, Text, *const Text, StateDone, *mut c_void),
}

#[repr(C)]
pub struct Plugin {
    size: usize,
    minor: u32,
    reserved: u32,
    manifest: Text,
    create: unsafe extern "C" fn(*const Host) -> *mut c_void,
    destroy: unsafe extern "C" fn(*mut c_void),
    call: unsafe extern "C" fn(*mut c_void, *const CallInfo),
    cancel: unsafe extern "C" fn(*mut c_void, u64),
}
unsafe impl Sync for Plugin {}

const CONFLICT: u32 = 4;
const CANCELLED: u32 = 10;
const INTERNAL: u32 = 12;

/// A call and the engine it came from; both may be used on any thread until it is completed.
#[derive(Clone, Copy)]
struct Call {
    host: *const Host,
    id: u64,
}
unsafe impl Send for Call {}

impl Call {
    unsafe fn fail(self, error_class: u32, message: &str) {
        let failure = Failure {
            size: std::mem::size_of::<Failure>(),
            error_class,
            http_status: 0,
            retry_after_ms: -1,
            code: Text::NONE,
            message: Text::of(message),
        };
        ((*self.host).fail)(self.host, self.id, &failure);
    }
    unsafe fn succeed(self, fill: impl FnOnce(&Builders, *mut Builder)) {
        let builders = &*(*self.host).builders;
        let builder = (builders.create)(self.host);
        fill(builders, builder);
        ((*self.host).succeed)(self.host, self.id, builder);
    }
}

unsafe fn read_input(call: Call, input: *const Value) {
    let values = &*(*call.host).values;
    let member = |name: &str| (values.find)(input, Text::of(name));
    let kinds: Vec<u32> = (0..(values.count)(input))
        .map(|i| (values.kind)((values.value_at)(input, i)))
        .collect();
    let list = member("list");
    let sum: i64 = (0..(values.count)(list)).map(|i| (values.as_int)((values.item)(list, i))).sum();
    let upper: String = String::from_utf8_lossy((values.as_text)(member("text")).bytes())
        .chars()
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let token = member("token");
    let secrecy = (values.secrecy)(token) + 10 * (values.secrecy)(input);
    call.succeed(|b, out| {
        (b.begin_map)(out);
        (b.put_key)(out, Text::of("kinds"));
        (b.begin_list)(out);
        for kind in &kinds {
            (b.put_int)(out, i64::from(*kind));
        }
        (b.end)(out);
        (b.put_key)(out, Text::of("sum"));
        (b.put_int)(out, sum);
        (b.put_key)(out, Text::of("upper"));
        (b.put_string)(out, Text::of(&upper));
        (b.put_key)(out, Text::of("secrecy"));
        (b.put_int)(out, i64::from(secrecy));
        (b.put_key)(out, Text::of("token"));
        (b.put_value)(out, token);
        (b.put_key)(out, Text::of("half"));
        (b.put_double)(out, (values.as_double)(member("number")) / 2.0);
        (b.put_key)(out, Text::of("flag"));
        (b.put_bool)(out, i32::from((values.as_bool)(member("flag")) == 0));
        (b.end)(out);
    });
}

unsafe fn refuse(call: Call, input: *const Value) {
    let values = &*(*call.host).values;
    let token = (values.as_text)((values.find)(input, Text::of("token"))).bytes();
    let message = format!("taken by {}", String::from_utf8_lossy(token));
    let failure = Failure {
        size: std::mem::size_of::<Failure>(),
        error_class: CONFLICT,
        http_status: 409,
        retry_after_ms: 1500,
        code: Text::of("x.taken"),
        message: Text::of(&message),
    };
    ((*call.host).fail)(call.host, call.id, &failure);
}

fn later(call: Call) {
    thread::spawn(move || {
        let own = call;
        unsafe { own.succeed(|b, out| { (b.put_json)(out, Text::of("{\"later\":true}")); }) }
    });
}

unsafe extern "C" fn keep_count(count: *mut c_void, found: i32, value: Text) {
    let digits = String::from_utf8_lossy(value.bytes());
    *(count as *mut i64) = if found == 1 { digits.parse().unwrap_or(0) } else { 0 };
}
unsafe extern "C" fn keep_found(kept: *mut c_void, found: i32, _value: Text) {
    *(kept as *mut i32) = found;
}

unsafe fn count(call: Call) {
    let state = &*(((*call.host).service)(call.host, Text::of("state/1")) as *const State);
    let mut counted: i64 = 0;
    let mut written: i32 = 0;
    let key = Text::of("count");
    (state.get_now)(call.host, call.id, key, keep_count, &mut counted as *mut i64 as *mut c_void);
    let digits = (counted + 1).to_string();
    let value = Text::of(&digits);
    (state.set_now)(call.host, call.id, key, &value, keep_found, &mut written as *mut i32 as *mut c_void);
    if written != 1 {
        return call.fail(INTERNAL, "not written");
    }
    call.succeed(|b, out| (b.put_int)(out, counted + 1));
}

unsafe extern "C" fn create(host: *const Host) -> *mut c_void {
    host as *mut c_void
}
unsafe extern "C" fn destroy(_instance: *mut c_void) {}

unsafe extern "C" fn on_call(instance: *mut c_void, info: *const CallInfo) {
    let info = &*info;
    let call = Call { host: instance as *const Host, id: info.call };
    match (info.kind, info.index) {
        (0, 0) => read_input(call, info.input),
        (0, 1) => refuse(call, info.input),
        (0, 2) => {} // until it is cancelled
        (0, 3) => later(call),
        (0, 4) => count(call),
        _ => call.fail(INTERNAL, "a call that this plugin does not know"),
    }
}

unsafe extern "C" fn cancel(instance: *mut c_void, call: u64) {
    Call { host: instance as *const Host, id: call }.fail(CANCELLED, "stopped");
}

const MANIFEST: &str = concat!(
    "{\"name\":\"", env!("PLUGIN_NAME"), "\",\"version\":\"1.0.0\",\"needs\":[\"state/1\"],\"actions\":[",
    "{\"name\":\"read\",\"pure\":true,\"nonBlocking\":true},{\"name\":\"refuse\",\"nonBlocking\":true},",
    "{\"name\":\"wait\",\"nonBlocking\":true},{\"name\":\"later\",\"nonBlocking\":true},{\"name\":\"count\"}]}"
);

static PLUGIN: Plugin = Plugin {
    size: std::mem::size_of::<Plugin>(),
    minor: 0,
    reserved: 0,
    manifest: Text { data: MANIFEST.as_ptr(), size: MANIFEST.len() },
    create,
    destroy,
    call: on_call,
    cancel,
};

#[no_mangle]
pub extern "C" fn tappet_plugin_v1() -> *const Plugin {
    &PLUGIN
}
