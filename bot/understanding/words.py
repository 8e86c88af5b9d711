"""The words of the chat: how people spell them, and the one form each that the rules know.

Only data; the rules that use it stand in `normalise` and `intents`.
"""

from models.catalogue.word_lists import bag, spread

SPELLINGS = spread("""
tidak: gak ga gk g nggak ngga nggk enggak engga enggk ngak ngk tdk tak ndak nda ndk ora ra mboten mbten kagak kaga kgk
tidak: kga dang daong indak ndaq tida tidk gag gaak teu henteu hente ndang so sonde tra trada ndakde indok nggok nehi
tidak: not dont
tidak ada: gada gaada gakada ndakada tidakada takada
tidak mau: moal gamau gakmau ngamau emoh moh emong alim embung
iya sudah: yaudah yasudah yaudahlah yowes yowis yawes yauda yawis yasud
tahu: tau tao weruh tahuu
yang: yg nu ingkang
yakin: yakinn haqqul
min: mimin momod
tidak jadi: gajadi gakjadi ngajadi tdkjadi takjadi
tidak apa: gapapa gpp gppa gakpapa gakpp ngapapa rapopo rapapa ndakpapa takpapa
tidak tahu: gatau gaktau gtau gktau ngatau embuh
tidak paham: gapaham gakpaham gangerti gakngerti
iya: ya y yaa iyo iye iy yo io iyaa iyah iyh yah yaaa inggih enggeh nggih njih injih nggeh inggeh ngge ngih iyes yoi
iya: yoii yup yupz yap yaps yep yes yess yoha ye yea yeah yow olo muhun sumuhun heeh hooh hoohh eeh enya enggih iyalah
iya: iyolah iyadong iyap iyups iyya iyeu
oke: ok okee okeh okey okay oks okok oce oc okk okelah okedeh ocre okai oky sip siip sipp sip2 siplah sips asiap okesip
siap: siyap siapp siappp
benar: bnr bener bnar leres leras beneran bnerr bener2 bujur sabana
betul: batua btul betol bettul btl2 betull betulll
setuju: acc diacc aksep stuju stju setujuh satuju setujui menyetujui satujui sepakat akur
lanjut: lnjut lanjutkan lanjutin lanjot lanjutken teruskan terusin terus next lanjutt dilanjut dilanjutkan lanjuik
lanjut: teraskeun gaskan
gas: gass gaskeun gasss gaspol gaskuy cus cuss cusss kuy letsgo
boleh: bole bolehh blh buleh buliah boleh2
bersedia: brsedia sedia bersdia ikhlas rela
mau: gelem daek amuah mw mo mao pengen pingin ingin kepengen pgn pengin hayang nio niak arep purun kersa naeng minat
mau: berminat
jadi: jd jdi sido jadilah
pasti: psti tentu tentunya tntu pastinya sure
cocok: cocokk sesuai pas tepat valid akurat persis klop
ayo: ayok yuk yok hayu hayuk mari
silakan: silahkan monggo mangga silaken
izinkan: ijinkan mengizinkan diizinkan izinin ijinin mengijinkan memperbolehkan
bukan: bkn bukn dudu sanes ndudu bukanlah ndede
belum: blm blom belom durung dereng alun balun belm bl blum belumm ndeng tacan
jangan: jgn jngan jan ojo ulah unang jangn jg2
salah: wrong false slh salahh keliru klru lepat sala salahlah
ogah: ogahh wegah nope no nop nein males
batal: batl btal batalin batalkan dibatalkan batalken membatalkan batall cancel kensel cancle kensl batalakan urung
batal: wurung diurungkan gugurkan
berhenti: stop stopp hentikan henti mandek brenti berenti setop dihentikan sudahi akhiri unsubscribe unsub udahan
berhenti: sudahan quit exit
keluar: kluar klr metu out left
tutup: ttp tutupin close
kembali: kmbali kembli balik baliik mbalik bali back prev previous mundur mundurin balek kembaliin undo balikin baliak
kembali: muliah wangsul
sebelumnya: sblmnya sebelum sblm sebelom sebelumx sadurunge
ralat: revisi koreksi dikoreksi diralat
ulang: ulangi ngulang mengulang ulangin diulang diulangi baleni restart reset ulangg mbaleni ulangkan
mulai: start mulaii memulai dimulai begin wiwit
awal: awalan awl mula nol permulaan home beranda mulanya
menu: mnu
bantuan: bantu bantuin help hlp tulung tolongin bantuannya tulungan dibantu
bagaimana: gimana gmn gmna gmana piye pie kumaha kepriye bgmn bgaimana gimna gimanaa bagaimna songondia baa pripun
bagaimana: kepriben
cara: caranya caro carane
paham: ngerti mengerti phm ngarti mudeng ngeh mudheng paham2 dimengerti faham ngerteni hartos ngartos
bingung: bgg bingungg binun binggung bengong puyeng pusing
petunjuk: panduan tutorial instruksi arahan
contoh: cth contohnya misal misalnya contone
maksud: mksd maksudnya mksdnya artinya arti maksute
apa: ap apaan opo naon apo aha apose apakah
status: sttus statusnya stts
progres: progress progresnya perkembangan
cek: check ngecek mengecek periksa lihat liat tengok cekkan ceki dicek cekin nengok mancaliak pariso
aktif: aktip keaktifan
terdaftar: kedaftar tedaftar kadaptar
daftar: dftr daftarin daftarkan didaftarkan mendaftar ndaftar daftr pendaftaran pndaftaran registrasi register regis reg
daftar: join gabung ikut ikutan bergabung ndhaftar dafta
diproses: proses dproses prosesnya
selesai: kelar beres rampung slesai
mana: mn ngendi endi dima maa didia
sampai: smpai smp sampe tekan nyampe sampek dugi
petugas: ptugas petugasnya officer
admin: atmin operator cs
orang: orng wong jalma halak jolma orangnya
manusia: mnusia human
bicara: ngomong bicra ngobrol berbicara omong chat chatting chattan cetingan konsultasi ngomongin
hubungi: hubungkan dihubungi menghubungi sambungkan hubungin sambungin sambung disambungkan kontak contact kontaknya
telepon: telpon tlp telp tlpn nelpon ditelpon ditelepon call telfon telephone menelepon
lapor: laporan melapor pengaduan aduan mengadu adukan ngadu laporkan
komplain: complain keluhan komplen protes complaint
kantor: ktr kantornya dinas disnaker kelurahan loket
hapus: hps apus hapusin hapuskan dihapus menghapus delete del busek hapuss hapuslah remove dihapuskan mupus hapusken
hilangkan: ilangin hilangin hilangkanlah musnahkan dimusnahkan lenyapkan
buang: dibuang buangin
cabut: mencabut dicabut
tarik: menarik ditarik
simpan: nyimpan menyimpan disimpan simpen
pakai: pake pkai dipakai dipake memakai gunakan digunakan menggunakan pke nganggo
data: dt dta datanya datae dataku
akun: account acount
foto: poto photo fotonya fhoto
izin: ijin perizinan izinnya
ktp: ektp katepe
nama: nm namanya nma aran ngaran goar
alamat: almt alamatnya
nomor: nmr nomer nomr number
ganti: gnti mengganti diganti gantiin gantikan change ngganti
ubah: rubah diubah mengubah ngubah edit ngedit merubah ubahin dirubah modif obah
perbaiki: perbaikan betulkan benerin betulin benarkan perbaikin dibetulkan diperbaiki ngebenerin koreksiin
bahasa: boso basa baso bhs bahasanya language bhasa marhata hata cakap
inggris: english inggeris enggres
jawa: jowo jawi javanese
sunda: sundanese
minang: minangkabau
terima kasih: makasih mksh makasi trims trimakasih terimakasih tq thanks thx tks thanku nuhun mauliate suwun tengkyu
terima kasih: makasii thankyou
tunggu: bentar sebentar bntr sabar wait tungguin tunggulah sik sek
kalau: klo kalo kl klu klau nek lamun jika bila seandainya apabila
kenapa: knp napa knapa mengapa ngapa nopo kunaon why
kapan: kpn kapn iraha kapankah
berapa: brp brapa piro sabaraha
siapa: sp spa sapa saha sopo
sudah: udah udh sdh dah uda sudh wis wes uwis sampun parantos udeh sdah done
saya: sy sya aku ak q gw gue gua awak kulo ambo abdi ahu au kami kita ku beta denai hamba
saja: aja ae wae ajah aj sj mawon doang je
dulu: dl dlu doloe dolo disik rumiyin heula
nanti: nt nti ntr ntar nantik mengko engke isuk
besok: bsk esok sesuk
lagi: lg lgi maneh meneh deui muse
tolong: tlg tlong mohon plis please pls minta mnta njaluk
bisa: bs bsa bisaa iso saged tiasa boi biso
punya: pny duwe gaduh
masuk: msk masok
lolos: lulus lolosin keterima diterima
nanya: tanya bertanya nanyak tnya
halo: hallo hai hi hello helo alo allo hay hei hey hy haloo oi oii woi woy hoi heii hola
assalamualaikum: ass asalamualaikum aslm askum assalamu assalamualikum samlekum asswrwb assalammualaikum asslm assalam
assalamualaikum: samlikum alaikum wr wb warahmatullahi wabarakatuh mualaikum
selamat: slmt met sugeng slamat wilujeng
pagi: pgi enjing pagii enjang
siang: siank
sore: sonten soree
malam: mlm malem dalu mlam wengi
horas: horass
salam: syalom shalom swastiastu rahayu sampurasun
permisi: punten kulonuwun nuwun spada misi
tes: test testing tst
ping: p pp
takut: tkut khawatir kuatir kawatir cemas was wedi
""")
"""Variant spelling -> canonical word or words."""

PHRASES = {
    "he eh": "iya",
    "ho oh": "iya",
    "oh tidak": "tidak",
    "teu acan": "belum",
    "dang dope": "belum",
    "matur suwun": "terima kasih",
    "hatur nuhun": "terima kasih",
    "kulo nuwun": "permisi",
    "kalau begitu": "begitu",
    "kalo gitu": "begitu",
    "klo gitu": "begitu",
    "kalau gitu": "begitu",
    "kl gitu": "begitu",
    "lets go": "gas",
    "let s go": "gas",
    "of course": "pasti",
    "thank you": "terima kasih",
    "tidak apa apa": "tidak apa",
    "tidak pa pa": "tidak apa",
    "ga pa pa": "tidak apa",
    "ga papa": "tidak apa",
    "gak papa": "tidak apa",
    "nggak papa": "tidak apa",
    "tidak papa": "tidak apa",
    "ra popo": "tidak apa",
    "ora popo": "tidak apa",
    "ora opo opo": "tidak apa",
    "hari ini": "harini",
    "call center": "petugas",
    "kol senter": "petugas",
    "contact person": "petugas",
    "beta ma": "ayo",
    "nda apa": "tidak apa",
    "apa apa": "apa",
    "li niha": "bahasa nias",
    "ora iso": "tidak bisa",
    "no hp": "nomor hp",
    "no wa": "nomor hp",
    "no telp": "nomor hp",
    "no rek": "rekening",
    "no ktp": "nik",
    "no pendaftaran": "nomor daftar",
    "go back": "kembali",
    "start over": "ulang",
    "i agree": "setuju",
    "not yet": "belum",
}
"""Runs of words -> canonical words, looked for before the single words."""

ADDRESS = bag(
    """
    da a ci koh bli mbok daeng bapa mama ina ama bere kaka nona nyong paman acil uda pak bu bang kak mas mbak bg dek
    dik bapak ibu buk pakde bude om tante mba mbk abang kakak adek sis bro gan bos boss bosku kang teh teteh akang
    uni etek lae ito amang inang eda tulang namboru opung bah cak ning neng ummi abah kk gaes guys cuy say mang mbah
    pa
    """
)
"""How one addresses the other; carries no meaning."""

PARTICLES = bag(
    """
    in lah dong deh sih kok nih tuh kan ah eh oh nah loh lho toh to tho ko yak atuh euy mah ma do be pun kali deh ha
    hehe he hihi haha ding ini itu tu ni yang yg dan sama dengan dgn di ke dari untuk utk buat secara ada nya semua
    smua semuanya seluruh juga jg memang emang sangat sekali banget bgt kayaknya sepertinya tadi barusan begitu gitu
    segitu ituh tersebut atas bawah sajalah cuma
    """
)
"""Little words that change nothing about yes and no."""

NOUNS = bag(
    """
    data nama alamat tanggal tgl lahir ttl nik ktp nomor hp wa foto pekerjaan kerjaan tempat kecamatan kabupaten
    kota isi isian jawaban tulisan tulis ejaan angka huruf kelamin umur usia jenis informasi keterangan kartu
    keluarga kk syarat ketentuan pernyataan formulir form bot
    """
)
"""What a yes or no may be about."""

OFF_TOPIC = bag(
    """
    pinjol pinjaman pinjam hutang utang kredit bansos pkh blt bpnt sembako sim stnk pulsa paket kuota slot gacor
    judi togel cuaca tanah rumah dijual promo diskon facebook fb instagram ig tiktok youtube shopee tokopedia lazada
    pesanan gojek mantan pacar cinta makan tidur film lagu bola token pln listrik pdam pajak paspor skck vaksin
    prakerja loker lowongan cair cairnya bank atm rekening saldo transfer aplikasi game
    """
)
"""Signs that the talk is about something else: with one of these nothing strong is concluded."""

QUESTION = bag("kalau kenapa berapa siapa")
"""A sentence with one of these asks, and orders nothing."""
